package dev.phoenix.kernels.reference;

/** x / sqrt(mean(x^2) + 1e-5) * scale, row by row. Source: docs/model.md#4-transformer. */
public final class RmsNormReference {
  /** Added to the mean square before the root. */
  public static final double EPSILON = 1e-5;

  private RmsNormReference() {}

  /**
   * Normalises every row.
   *
   * @param out [rows, D]; may be {@code x}
   * @param x [rows, D]
   * @param scale [D]
   */
  public static void apply(float[] out, float[] x, float[] scale) {
    int columns = scale.length;
    for (int at = 0; at < x.length; at += columns) {
      double sum = 0;
      for (int d = 0; d < columns; d++) {
        sum += (double) x[at + d] * x[at + d];
      }
      double inverse = 1 / Math.sqrt(sum / columns + EPSILON);
      for (int d = 0; d < columns; d++) {
        out[at + d] = (float) (x[at + d] * inverse * scale[d]);
      }
    }
  }
}
