/** Matrices and the scopes that own their memory. */
@NullMarked
package dev.phoenix.tensor;

import org.jspecify.annotations.NullMarked;
