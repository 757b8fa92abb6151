/**
 * {@link dev.phoenix.ops.Ops} on a {@link dev.phoenix.device.Device}, real or emulated.
 *
 * <p>Operations check and stage their inputs when they are called, and record device commands. When
 * a result is read, all commands recorded since the last read run: one copy of the staged inputs
 * (for embedding tables, which the device can read, only row numbers), then kernels and products,
 * as a replayed graph if the same list has run before. Row counts are rounded up to a few sizes, so
 * that most requests have the same list of commands.
 *
 * <p>API are {@link dev.phoenix.ops.gpu.GpuOps}, {@link dev.phoenix.ops.gpu.GpuGradientOps} and
 * {@link dev.phoenix.ops.gpu.TablePlacement}; the rest is internal.
 */
@NullMarked
package dev.phoenix.ops.gpu;

import org.jspecify.annotations.NullMarked;
