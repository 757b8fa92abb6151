package dev.phoenix.kernels;

import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;

/**
 * How the row kernels cut a matrix into blocks of 256 threads.
 *
 * @param perRow threads of a row: the block's first direction
 * @param rows rows of a block: its second
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

  /** A warp per row as long as {@code columns} give a thread at most {@code perThread} of them. */
  static RowBlock reducing(int columns, int perThread) {
    return columns <= WARP * perThread ? warpPerRow() : blockPerRow();
  }

  /**
   * As many threads per row as {@code work} items need, rounded up to a power of two, at most 256;
   * for kernels whose rows share nothing.
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
