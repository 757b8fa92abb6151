/**
 * {@code run bench}: the kernels, the model and the scan on a GPU, beside their floors and peers.
 */
@NullMarked
package dev.phoenix.bench.gpu;

import org.jspecify.annotations.NullMarked;
