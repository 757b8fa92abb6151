package dev.phoenix.kernels;

import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;

/**
 * Block shape of the row kernels: 256 threads, of which each row takes some.
 *
 * @param perRow threads per row: blockDim.x
 * @param rows rows per block: blockDim.y
 */
record RowBlock(int perRow, int rows) {
  private static final int THREADS = 256;
  private static final int WARP = 32;

  /** One warp per row, eight rows per block. */
  static RowBlock warpPerRow() {
    return new RowBlock(WARP, THREADS / WARP);
  }

  /** All threads on one row. */
  static RowBlock blockPerRow() {
    return new RowBlock(THREADS, 1);
  }

  /**
   * One warp per row if a thread then has at most {@code perThread} columns, otherwise one block
   * per row.
   */
  static RowBlock reducing(int columns, int perThread) {
    return columns <= WARP * perThread ? warpPerRow() : blockPerRow();
  }

  /**
   * As many threads per row as {@code work} items need, rounded up to a power of two, at most 256;
   * for kernels without reductions over a row.
   */
  static RowBlock spreading(int work) {
    int perRow = Math.min(THREADS, Integer.highestOneBit(Math.max(1, 2 * work - 1)));
    return new RowBlock(perRow, THREADS / perRow);
  }

  /** Blocks for {@code count} rows. */
  LaunchShape covering(int count) {
    return LaunchShape.of(Extent.of(Math.ceilDiv(count, rows)), Extent.of(perRow, rows));
  }

  /** Blocks for {@code count} rows of {@code work} items, one item per thread. */
  LaunchShape covering(int count, int work) {
    return LaunchShape.of(
        Extent.of(Math.ceilDiv(count, rows), Math.ceilDiv(work, perRow)), Extent.of(perRow, rows));
  }
}
