/**
 * The CUDA kernels and their launchers: one class per operation, which selects the kernel entry,
 * checks the shapes of the arguments and chooses the launch shape.
 *
 * <p>Every {@code launch} enqueues work on a stream and returns; the output is the first operand.
 * Invalid arguments throw {@link java.lang.IllegalArgumentException}, with the found and the
 * expected value, before anything is launched. Values in device memory (indices, offsets,
 * positions) are not checked on the host; each kernel's source documents how it treats invalid
 * ones.
 *
 * <p>Matrices are dense and row-major; {@code bfloat16} activations, {@code float32} statistics,
 * sums and scales. Results are bitwise reproducible.
 */
@NullMarked
package dev.phoenix.kernels;

import org.jspecify.annotations.NullMarked;
