package dev.phoenix.kernels.reference;

/** x / sqrt(max(sum x^2, 1e-12)), row by row. Source: docs/model.md#6-retrieval. */
public final class L2NormalizeReference {
  /** Lower bound of the squared norm. */
  public static final double EPSILON = 1e-12;

  private L2NormalizeReference() {}

  /**
   * Normalises every row to unit length; a zero row stays zero.
   *
   * @param out [rows, D]; may be {@code x}
   * @param norms [rows] the divisors
   * @param x [rows, D]
   */
  public static void apply(float[] out, float[] norms, float[] x) {
    int columns = norms.length == 0 ? 0 : x.length / norms.length;
    for (int row = 0; row < norms.length; row++) {
      double sum = 0;
      for (int d = 0; d < columns; d++) {
        double value = x[row * columns + d];
        sum += value * value;
      }
      double norm = Math.sqrt(Math.max(sum, EPSILON));
      norms[row] = (float) norm;
      for (int d = 0; d < columns; d++) {
        out[row * columns + d] = (float) (x[row * columns + d] / norm);
      }
    }
  }
}
