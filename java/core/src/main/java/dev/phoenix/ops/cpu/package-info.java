/** The operations on the CPU, with register tiles, vector instructions and several threads. */
@NullMarked
package dev.phoenix.ops.cpu;

import org.jspecify.annotations.NullMarked;
