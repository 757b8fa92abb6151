package dev.phoenix.kernels.reference;

/**
 * Gradients of {@link RmsNormReference}. With r = 1 / sqrt(mean(x²) + 1e-5) and u = gradOut *
 * scale: gradX = r u - r³ x mean(u x) and gradScale = sum over rows of gradOut x r. Source:
 * docs/model.md#4-transformer and #9-training.
 */
public final class RmsNormBackwardReference {
  private RmsNormBackwardReference() {}

  /**
   * Gradient buffers; both are added to.
   *
   * @param x [rows, D]
   * @param scale [D]
   */
  public record Gradients(float[] x, float[] scale) {}

  /**
   * Adds the gradients of a norm.
   *
   * @param gradOut [rows, D]
   * @param x [rows, D]
   * @param scale [D]
   */
  public static void apply(Gradients gradients, float[] gradOut, float[] x, float[] scale) {
    int columns = scale.length;
    double[] scaleSum = new double[columns];
    for (int at = 0; at < x.length; at += columns) {
      double squares = 0;
      double product = 0;
      for (int d = 0; d < columns; d++) {
        squares += (double) x[at + d] * x[at + d];
        product += (double) gradOut[at + d] * scale[d] * x[at + d];
      }
      double inverse = 1 / Math.sqrt(squares / columns + RmsNormReference.EPSILON);
      double along = inverse * inverse * inverse * product / columns;
      for (int d = 0; d < columns; d++) {
        double through = (double) gradOut[at + d] * scale[d] * inverse;
        gradients.x()[at + d] += (float) (through - along * x[at + d]);
        scaleSum[d] += gradOut[at + d] * inverse * x[at + d];
      }
    }
    for (int d = 0; d < columns; d++) {
      gradients.scale()[d] += (float) scaleSum[d];
    }
  }
}
