package dev.phoenix.ops.gpu;

/**
 * The sizes that counts are rounded up to, so that few plans and graphs serve all requests: powers
 * of two to 16, multiples of 16 to 64, then four steps to each doubling.
 */
final class RowBuckets {
  /** The smallest number of rows but 0. */
  static final int SMALLEST = 16;

  private RowBuckets() {}

  /** Rows of a matrix: {@code count} rounded up, 0 for 0. */
  static int rows(int count) {
    if (count == 0) {
      return 0;
    }
    int step = Math.max(SMALLEST, Integer.highestOneBit((count - 1) | 1) / 4);
    return Math.multiplyExact(Math.ceilDiv(count, step), step);
  }

  /** Requests of a batch: never more than {@link #rows} of the same count. */
  static int requests(int count) {
    return count <= SMALLEST && count > 0 ? Integer.highestOneBit(2 * count - 1) : rows(count);
  }
}
