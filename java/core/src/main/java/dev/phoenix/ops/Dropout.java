package dev.phoenix.ops;

/**
 * Chooses the dropped elements: those whose hash of seed, row and column is below the rate. The
 * others are divided by 1 - rate.
 *
 * @param seed differs for every step and every dropout of the graph
 * @param rate in [0, 1)
 * @param firstRow the batch row of the tensor's row 0
 */
public record Dropout(long seed, double rate, int firstRow) {
  private static final long ROW_FACTOR = 0x9E3779B97F4A7C15L;

  /** The part of the hash that all elements of a row share. */
  public long rowKey(int row) {
    return mix(seed + ROW_FACTOR * (firstRow + row + 1L));
  }

  /** The rate scaled to 31 bits, for {@link #drops}. */
  public int limit() {
    return (int) (rate * 0x1p31);
  }

  /** Whether element {@code column} of the row with this key is dropped. */
  public static boolean drops(long rowKey, int column, int limit) {
    return (int) (mix(rowKey + column) >>> 33) < limit;
  }

  /** The finaliser of SplitMix64: Steele, Lea and Flood, OOPSLA 2014. */
  private static long mix(long x) {
    long z = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
