package dev.phoenix.kernels.reference;

/**
 * The scalar activations of the model. Source: docs/model.md#3-features, #4-transformer,
 * #5-ranker-outputs and #6-retrieval.
 */
public final class ActivationReference {
  private ActivationReference() {}

  /** The tanh approximation of GELU: x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3))). */
  public static double gelu(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  /** The logistic function 1 / (1 + e^-x). */
  public static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** x * sigmoid(x), also called swish. */
  public static double silu(double x) {
    return x * sigmoid(x);
  }

  /** The logit cap: 30 * tanh(x / 30), so that no logit leaves (-30, 30). */
  public static double cap(double logit) {
    return AttentionShape.LOGIT_CAP * Math.tanh(logit / AttentionShape.LOGIT_CAP);
  }

  /** Applies {@link #gelu} to {@code x} [any shape] into {@code out}; the two may be one array. */
  public static void gelu(float[] out, float[] x) {
    for (int i = 0; i < x.length; i++) {
      out[i] = (float) gelu(x[i]);
    }
  }

  /** Applies {@link #silu} to {@code x} [any shape] into {@code out}; the two may be one array. */
  public static void silu(float[] out, float[] x) {
    for (int i = 0; i < x.length; i++) {
      out[i] = (float) silu(x[i]);
    }
  }

  /**
   * Applies {@link #sigmoid} to {@code x} [any shape] into {@code out}; the two may be one array.
   */
  public static void sigmoid(float[] out, float[] x) {
    for (int i = 0; i < x.length; i++) {
      out[i] = (float) sigmoid(x[i]);
    }
  }
}
