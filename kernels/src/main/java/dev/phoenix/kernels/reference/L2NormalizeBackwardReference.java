package dev.phoenix.kernels.reference;

/**
 * The gradient of {@link L2NormalizeReference}: (gradOut - out (gradOut · out)) / norm; if the norm
 * was clamped to its minimum, a constant, gradOut / norm. Source: docs/model.md#6-retrieval and
 * #9-training.
 */
public final class L2NormalizeBackwardReference {
  private L2NormalizeBackwardReference() {}

  /**
   * Adds the gradient.
   *
   * @param gradX [rows, D], added to
   * @param gradOut [rows, D]
   * @param x [rows, D], input of the forward pass
   * @param columns D
   */
  public static void apply(float[] gradX, float[] gradOut, float[] x, int columns) {
    for (int at = 0; at < x.length; at += columns) {
      double squares = 0;
      double product = 0;
      for (int d = 0; d < columns; d++) {
        squares += (double) x[at + d] * x[at + d];
        product += (double) gradOut[at + d] * x[at + d];
      }
      double norm = Math.sqrt(Math.max(squares, L2NormalizeReference.EPSILON));
      double along = squares > L2NormalizeReference.EPSILON ? product / squares : 0;
      for (int d = 0; d < columns; d++) {
        gradX[at + d] += (float) ((gradOut[at + d] - along * x[at + d]) / norm);
      }
    }
  }
}
