package dev.phoenix.kernels.reference;

/**
 * Derivatives of {@link ActivationReference}. Source: docs/model.md#3-features, #4-transformer,
 * #5-ranker-outputs, #6-retrieval and #9-training.
 */
public final class ActivationBackwardReference {
  private ActivationBackwardReference() {}

  /** The derivative of {@link ActivationReference#gelu(double)}. */
  public static double gelu(double x) {
    double inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    double slope = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
    double tanh = Math.tanh(inner);
    return 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * slope;
  }

  /** The derivative of {@link ActivationReference#silu(double)}. */
  public static double silu(double x) {
    double sigmoid = ActivationReference.sigmoid(x);
    return sigmoid * (1 + x * (1 - sigmoid));
  }

  /** The derivative of {@link ActivationReference#cap(double)}: 1 - tanh²(x / 30). */
  public static double cap(double logit) {
    double tanh = Math.tanh(logit / AttentionShape.LOGIT_CAP);
    return 1 - tanh * tanh;
  }

  /**
   * Adds gelu'(x) gradOut.
   *
   * @param gradX [any shape], added to
   * @param gradOut of the activation's result
   * @param x what the activation read
   */
  public static void gelu(float[] gradX, float[] gradOut, float[] x) {
    for (int i = 0; i < x.length; i++) {
      gradX[i] += (float) (gradOut[i] * gelu(x[i]));
    }
  }

  /**
   * Adds silu'(x) gradOut.
   *
   * @param gradX [any shape], added to
   * @param gradOut of the activation's result
   * @param x what the activation read
   */
  public static void silu(float[] gradX, float[] gradOut, float[] x) {
    for (int i = 0; i < x.length; i++) {
      gradX[i] += (float) (gradOut[i] * silu(x[i]));
    }
  }

  /**
   * Adds p (1 - p) gradOut.
   *
   * @param gradX [any shape], added to
   * @param gradOut of the activation's result
   * @param out the activation's result p = sigmoid(x)
   */
  public static void sigmoid(float[] gradX, float[] gradOut, float[] out) {
    for (int i = 0; i < out.length; i++) {
      gradX[i] += (float) (gradOut[i] * (double) out[i] * (1.0 - out[i]));
    }
  }
}
