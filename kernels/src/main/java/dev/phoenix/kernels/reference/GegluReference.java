package dev.phoenix.kernels.reference;

/** gelu(gate) * up. Source: docs/model.md#4-transformer; Shazeer, arXiv 2002.05202. */
public final class GegluReference {
  private GegluReference() {}

  /**
   * Gates.
   *
   * @param out [rows, F]
   * @param gate [rows, F], x · linear
   * @param up [rows, F], x · linear_v
   */
  public static void apply(float[] out, float[] gate, float[] up) {
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (ActivationReference.gelu(gate[i]) * up[i]);
    }
  }
}
