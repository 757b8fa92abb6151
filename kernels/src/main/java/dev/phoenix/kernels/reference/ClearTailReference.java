package dev.phoenix.kernels.reference;

/** Zeroes the rows after those in use. */
public final class ClearTailReference {
  private ClearTailReference() {}

  /**
   * x[r] = 0 for r >= used.
   *
   * @param x [rows, D], updated in place
   * @param used the number of rows that keep their values
   * @param columns D
   */
  public static void apply(float[] x, int used, int columns) {
    java.util.Arrays.fill(x, used * columns, x.length, 0);
  }
}
