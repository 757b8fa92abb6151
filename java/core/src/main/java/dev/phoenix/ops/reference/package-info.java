/**
 * The operations by their scalar definitions, with which tests compare every other backend.
 *
 * <p>All of it is internal.
 */
@NullMarked
package dev.phoenix.ops.reference;

import org.jspecify.annotations.NullMarked;
