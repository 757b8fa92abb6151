package dev.phoenix.ops.gpu;

/**
 * Rounds counts up to a few sizes, so that few plans and graphs serve all requests: powers of two
 * up to 16, multiples of 16 up to 64, then four sizes per doubling.
 */
final class RowBuckets {
  /** The smallest number of rows above 0. */
  static final int SMALLEST = 16;

  private RowBuckets() {}

  /** Rounds up the rows of a matrix; 0 stays 0. */
  static int rows(int count) {
    if (count == 0) {
      return 0;
    }
    int step = Math.max(SMALLEST, Integer.highestOneBit((count - 1) | 1) / 4);
    return Math.multiplyExact(Math.ceilDiv(count, step), step);
  }

  /** Rounds up the requests of a batch; at most {@link #rows} of the same count. */
  static int requests(int count) {
    return count <= SMALLEST && count > 0 ? Integer.highestOneBit(2 * count - 1) : rows(count);
  }
}
