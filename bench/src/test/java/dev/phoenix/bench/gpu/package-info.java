/** Tests of the GPU benchmark, on the emulated device. */
@NullMarked
package dev.phoenix.bench.gpu;

import org.jspecify.annotations.NullMarked;
