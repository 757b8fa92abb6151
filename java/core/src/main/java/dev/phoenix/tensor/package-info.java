/**
 * Matrices and the scopes that own their memory.
 *
 * <p>All public types are API, except {@link dev.phoenix.tensor.Growable}, which is internal to
 * model and trainers.
 */
@NullMarked
package dev.phoenix.tensor;

import org.jspecify.annotations.NullMarked;
