/** Tests of what only the CPU backend has. */
@NullMarked
package dev.phoenix.ops.cpu;

import org.jspecify.annotations.NullMarked;
