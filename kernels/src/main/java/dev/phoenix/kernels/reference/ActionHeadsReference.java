package dev.phoenix.kernels.reference;

/**
 * The ranker's heads: a norm and a product give the logits, whose sigmoids are the probabilities.
 * Source: docs/model.md#5-ranker-outputs.
 */
public final class ActionHeadsReference {
  private ActionHeadsReference() {}

  /**
   * Scores rows.
   *
   * @param logits [rows, A]
   * @param hidden [rows, D]
   * @param scale [D], of the norm
   * @param weights [D, A]
   */
  public static void apply(float[] logits, float[] hidden, float[] scale, float[] weights) {
    int rows = hidden.length / scale.length;
    float[] normalised = new float[hidden.length];
    RmsNormReference.apply(normalised, hidden, scale);
    int actions = weights.length / scale.length;
    MatmulReference.apply(
        logits, normalised, weights, new MatmulReference.Shape(rows, scale.length, actions));
  }

  /** The probabilities of logits [any shape]; the two may be one array. */
  public static void probabilities(float[] probabilities, float[] logits) {
    ActivationReference.sigmoid(probabilities, logits);
  }
}
