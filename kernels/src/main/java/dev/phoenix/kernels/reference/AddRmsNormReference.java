package dev.phoenix.kernels.reference;

/**
 * The residual add of a block fused with the first norm of the next one: h += rms(branch) *
 * branchScale, then out = rms(h) * nextScale. Source: docs/model.md#4-transformer (the double norm
 * of every layer).
 */
public final class AddRmsNormReference {
  private AddRmsNormReference() {}

  /**
   * Adds the normalised branch to the residual stream and normalises the sum for the next block.
   *
   * @param out [rows, D] input of the next block
   * @param residual [rows, D], updated in place
   * @param branch [rows, D] output of the attention or feed-forward block
   * @param branchScale [D]
   * @param nextScale [D]
   */
  public static void apply(
      float[] out, float[] residual, float[] branch, float[] branchScale, float[] nextScale) {
    float[] normalised = new float[branch.length];
    RmsNormReference.apply(normalised, branch, branchScale);
    for (int i = 0; i < residual.length; i++) {
      residual[i] += normalised[i];
    }
    RmsNormReference.apply(out, residual, nextScale);
  }
}
