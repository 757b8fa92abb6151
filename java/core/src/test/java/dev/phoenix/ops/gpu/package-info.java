/** What only operations on a device have: rounding of sizes, graphs, memory. */
@NullMarked
package dev.phoenix.ops.gpu;

import org.jspecify.annotations.NullMarked;
