package dev.phoenix.kernels.reference;

/**
 * Gradients of a ranker's head: logits = rms(hidden) · unembeddings. Source:
 * docs/model.md#5-ranker-outputs and #9-training.
 */
final class ActionHeadsBackwardReference {
  private ActionHeadsBackwardReference() {}

  /**
   * Gradient buffers; all are added to.
   *
   * @param hidden [rows, D]
   * @param scale [D]
   * @param weights [D, A]
   */
  public record Gradients(float[] hidden, float[] scale, float[] weights) {}

  /**
   * Inputs of the forward pass.
   *
   * @param hidden [rows, D]
   * @param scale [D]
   * @param weights [D, A]
   */
  public record Forward(float[] hidden, float[] scale, float[] weights) {}

  /**
   * Adds the gradients of a head.
   *
   * @param gradLogits [rows, A]
   */
  public static void apply(Gradients gradients, float[] gradLogits, Forward forward) {
    int columns = forward.scale().length;
    int rows = forward.hidden().length / columns;
    var shape = new MatmulReference.Shape(rows, columns, forward.weights().length / columns);
    float[] normalised = new float[forward.hidden().length];
    RmsNormReference.apply(normalised, forward.hidden(), forward.scale());
    MatmulBackwardReference.right(gradients.weights(), gradLogits, normalised, shape);
    float[] gradNormalised = new float[normalised.length];
    MatmulBackwardReference.left(gradNormalised, gradLogits, forward.weights(), shape);
    RmsNormBackwardReference.apply(
        new RmsNormBackwardReference.Gradients(gradients.hidden(), gradients.scale()),
        gradNormalised,
        forward.hidden(),
        forward.scale());
  }
}
