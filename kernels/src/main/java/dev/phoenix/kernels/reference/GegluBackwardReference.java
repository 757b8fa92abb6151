package dev.phoenix.kernels.reference;

/** Gradients of {@link GegluReference}. Source: docs/model.md#4-transformer and #9-training. */
public final class GegluBackwardReference {
  private GegluBackwardReference() {}

  /**
   * Gradient buffers; both are added to.
   *
   * @param gate [rows, F]
   * @param up [rows, F]
   */
  public record Gradients(float[] gate, float[] up) {}

  /**
   * Adds gradOut up gelu'(gate) and gradOut gelu(gate).
   *
   * @param gradOut [rows, F]
   * @param gate [rows, F], x · linear
   * @param up [rows, F], x · linear_v
   */
  public static void apply(Gradients gradients, float[] gradOut, float[] gate, float[] up) {
    for (int i = 0; i < gradOut.length; i++) {
      double slope = ActivationBackwardReference.gelu(gate[i]);
      gradients.gate()[i] += (float) (gradOut[i] * (double) up[i] * slope);
      gradients.up()[i] += (float) (gradOut[i] * ActivationReference.gelu(gate[i]));
    }
  }
}
