package dev.phoenix.kernels.reference;

/**
 * Gradients of {@link AddRmsNormReference}. The gradient of the sum is the residual stream's
 * gradient plus the one through the next block's norm. It is the gradient of the residual stream
 * before the sum, and is propagated to the branch through the branch's norm. Source:
 * docs/model.md#4-transformer and #9-training.
 */
public final class AddRmsNormBackwardReference {
  private AddRmsNormBackwardReference() {}

  /**
   * Gradient buffers.
   *
   * @param residual [rows, D]: on entry the gradient of the updated residual stream from its
   *     readers other than the next norm; on return the gradient of the residual stream before the
   *     sum
   * @param branch [rows, D], added to
   * @param branchScale [D], added to
   * @param nextScale [D], added to
   */
  public record Gradients(
      float[] residual, float[] branch, float[] branchScale, float[] nextScale) {}

  /**
   * Inputs and outputs of the forward pass.
   *
   * @param residual [rows, D], after the sum
   * @param branch [rows, D]
   * @param branchScale [D]
   * @param nextScale [D]
   */
  public record Forward(float[] residual, float[] branch, float[] branchScale, float[] nextScale) {}

  /**
   * Adds the gradients of the residual add and of the next norm.
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
