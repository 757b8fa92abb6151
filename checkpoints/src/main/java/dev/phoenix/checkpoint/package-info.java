/**
 * Readers and writers of the files of a Phoenix model.
 *
 * <p>All public types are API, except {@link dev.phoenix.checkpoint.AtomicFile} and {@link
 * dev.phoenix.checkpoint.JsonPlace}, which are internal: modules of this project share them.
 */
@NullMarked
package dev.phoenix.checkpoint;

import org.jspecify.annotations.NullMarked;
