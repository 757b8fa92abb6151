/** Tests of the GPU backend's internals: rounding of sizes, graphs, memory. */
@NullMarked
package dev.phoenix.ops.gpu;

import org.jspecify.annotations.NullMarked;
