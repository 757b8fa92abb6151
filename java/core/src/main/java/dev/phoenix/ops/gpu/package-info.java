/**
 * {@link dev.phoenix.ops.Ops} on a {@link dev.phoenix.device.Device}, real or emulated.
 *
 * <p>Operations do their host part when they are called and record what the device is to do. When a
 * result is read, everything recorded since the last reading runs: one copy of what the host staged
 * (row numbers of embedding tables, which the device holds or reaches), then the kernels and
 * products, as a replayed graph where the same list has run before. Row counts are rounded up to a
 * few sizes, so that the lists of most requests are the same.
 */
@NullMarked
package dev.phoenix.ops.gpu;

import org.jspecify.annotations.NullMarked;
