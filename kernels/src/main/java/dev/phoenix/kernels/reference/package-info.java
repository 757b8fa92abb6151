/**
 * Every operation of the graph in plain scalar Java: the definition that the CPU operations and the
 * CUDA kernels answer to.
 *
 * <p>Arrays are dense and row-major, the output comes first, sums are carried in double and rounded
 * once. Nothing here is tuned; nothing here may be: a reader checks these classes against
 * docs/model.md by eye.
 */
@NullMarked
package dev.phoenix.kernels.reference;

import org.jspecify.annotations.NullMarked;
