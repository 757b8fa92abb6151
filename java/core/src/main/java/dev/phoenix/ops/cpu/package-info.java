/**
 * The operations on the CPU, with register tiles, vector instructions and several threads.
 *
 * <p>API are {@link dev.phoenix.ops.cpu.CpuOps#create} and {@link
 * dev.phoenix.ops.cpu.CpuGradientOps#create}; the rest is internal.
 */
@NullMarked
package dev.phoenix.ops.cpu;

import org.jspecify.annotations.NullMarked;
