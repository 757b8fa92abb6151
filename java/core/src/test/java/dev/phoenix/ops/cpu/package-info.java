/** Tests of the CPU backend's internals. */
@NullMarked
package dev.phoenix.ops.cpu;

import org.jspecify.annotations.NullMarked;
