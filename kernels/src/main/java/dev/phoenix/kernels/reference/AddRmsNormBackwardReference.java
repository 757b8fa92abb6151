package dev.phoenix.kernels.reference;

/**
 * Gradients of {@link AddRmsNormReference}. The sum's gradient is what comes down the residual
 * stream and what comes through the next block's norm; the residual stream passes it on as it is,
 * the branch through its own norm. Source: docs/model.md#4-transformer and #9-training.
 */
public final class AddRmsNormBackwardReference {
  private AddRmsNormBackwardReference() {}

  /**
   * Where the gradients go.
   *
   * @param residual [rows, D]: on entry the gradient of the updated residual stream by what reads
   *     it besides the next norm; on return the gradient of the residual stream before the sum
   * @param branch [rows, D], added to
   * @param branchScale [D], added to
   * @param nextScale [D], added to
   */
  public record Gradients(
      float[] residual, float[] branch, float[] branchScale, float[] nextScale) {}

  /**
   * What the forward pass read and left.
   *
   * @param residual [rows, D], after the sum
   * @param branch [rows, D]
   * @param branchScale [D]
   * @param nextScale [D]
   */
  public record Forward(float[] residual, float[] branch, float[] branchScale, float[] nextScale) {}

  /**
   * Adds the gradients of a block's end.
   *
   * @param gradOut [rows, D], of the next block's input
   */
  public static void apply(Gradients gradients, float[] gradOut, Forward forward) {
    RmsNormBackwardReference.apply(
        new RmsNormBackwardReference.Gradients(gradients.residual(), gradients.nextScale()),
        gradOut,
        forward.residual(),
        forward.nextScale());
    RmsNormBackwardReference.apply(
        new RmsNormBackwardReference.Gradients(gradients.branch(), gradients.branchScale()),
        gradients.residual(),
        forward.branch(),
        forward.branchScale());
  }
}
