/** Compares the gradient definitions with central differences of the forward pass in float64. */
@NullMarked
package dev.phoenix.kernels.reference;

import org.jspecify.annotations.NullMarked;
