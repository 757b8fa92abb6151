package dev.phoenix.kernels.reference;

/** Dropout whose mask is a hash of seed, row and column. Source: docs/model.md#9-training. */
public final class DropoutReference {
  private DropoutReference() {}

  /**
   * Zeroes a share of the elements and scales the others by 1 / (1 - rate).
   *
   * @param x [rows, D], updated in place
   * @param seed the seed of the mask
   * @param firstRow index in the batch of row 0
   * @param rate the share of zeros, in [0, 1)
   * @param columns D
   */
  public static void apply(float[] x, long seed, int firstRow, double rate, int columns) {
    for (int i = 0; i < x.length; i++) {
      long row = mix(seed + 0x9E3779B97F4A7C15L * (i / columns + firstRow + 1));
      boolean dropped = mix(row + i % columns) >>> 33 < (long) (rate * 0x1p31);
      x[i] = dropped ? 0 : x[i] / (float) (1 - rate);
    }
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long x) {
    long z = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
