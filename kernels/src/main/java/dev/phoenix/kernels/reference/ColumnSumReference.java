package dev.phoenix.kernels.reference;

/** Adds the sums of a matrix's columns to a row. */
public final class ColumnSumReference {
  private ColumnSumReference() {}

  /**
   * out[d] += x[0, d] + x[1, d] + ...
   *
   * @param out [D], updated in place
   * @param x [any, D]
   */
  public static void apply(float[] out, float[] x) {
    for (int i = 0; i < x.length; i++) {
      out[i % out.length] += x[i];
    }
  }
}
