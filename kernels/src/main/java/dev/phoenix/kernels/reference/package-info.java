/**
 * Every operation of the model in plain scalar Java: the definitions against which the CPU
 * operations and the CUDA kernels are tested.
 *
 * <p>Arrays are dense and row-major, the output is the first parameter, sums are accumulated in
 * double and rounded once. The code must stay unoptimised, so that readers can compare it with
 * docs/model.md.
 *
 * <p>All of it is internal: it is exported to modules of this project only.
 */
@NullMarked
package dev.phoenix.kernels.reference;

import org.jspecify.annotations.NullMarked;
