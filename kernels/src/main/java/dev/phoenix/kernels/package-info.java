/**
 * The CUDA kernels and their launchers: one class per operation, which selects the kernel entry,
 * checks the shapes of the arguments and chooses the launch shape.
 *
 * <p>Every {@code launch} puts work on a stream, or any other launch target, and returns; the
 * output comes first. Arguments that do not fit throw {@link java.lang.IllegalArgumentException}
 * before anything is launched, naming what was found and what was expected. What lies in device
 * memory (indices, offsets, positions) is not looked at on the host; each kernel's source says what
 * it makes of a wrong value.
 *
 * <p>Matrices are dense and row-major; {@code bfloat16} activations, {@code float32} statistics,
 * sums and scales. Results are bitwise reproducible.
 *
 * <p>All public types are API.
 */
@NullMarked
package dev.phoenix.kernels;

import org.jspecify.annotations.NullMarked;
