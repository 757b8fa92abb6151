/** Readers and writers of the files of a Phoenix model. */
@NullMarked
package dev.phoenix.checkpoint;

import org.jspecify.annotations.NullMarked;
