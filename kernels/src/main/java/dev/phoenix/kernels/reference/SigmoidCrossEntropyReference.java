package dev.phoenix.kernels.reference;

/**
 * The ranker's loss over its action logits: sigmoid cross-entropy summed over valid candidates and
 * actions, divided by the number of valid candidates. There are no rows for padding, so every row
 * is valid. Source: docs/model.md#9-training.
 */
public final class SigmoidCrossEntropyReference {
  private SigmoidCrossEntropyReference() {}

  /**
   * Targets of the logits.
   *
   * @param actions [rows, A] in [0, 1]
   * @param sampledNegative [rows]: the candidate was drawn at random, not shown to the user
   * @param negativeFeedback [A]: actions that are left out of the loss of a sampled negative
   */
  public record Targets(float[] actions, boolean[] sampledNegative, boolean[] negativeFeedback) {
    boolean counts(int row, int action) {
      return !(sampledNegative[row] && negativeFeedback[action]);
    }
  }

  /**
   * Returns the loss and adds its gradient with respect to the logits; 0 without rows.
   *
   * @param gradLogits [rows, A], added to
   * @param logits [rows, A]
   */
  public static double apply(float[] gradLogits, float[] logits, Targets targets) {
    int actions = targets.negativeFeedback().length;
    int rows = targets.sampledNegative().length;
    double loss = 0;
    for (int row = 0; row < rows; row++) {
      for (int action = 0; action < actions; action++) {
        if (!targets.counts(row, action)) {
          continue;
        }
        double logit = logits[row * actions + action];
        double target = targets.actions()[row * actions + action];
        loss += Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
        gradLogits[row * actions + action] +=
            (float) ((ActivationReference.sigmoid(logit) - target) / rows);
      }
    }
    return rows == 0 ? 0 : loss / rows;
  }
}
