package dev.phoenix.kernels.reference;

/**
 * The ranker's loss over one continuous output: a distance of sigmoid(logit) from the clipped,
 * scaled dwell time, averaged over the valid candidates except sampled negatives. Source:
 * docs/model.md#9-training.
 */
public final class ContinuousLossReference {
  private ContinuousLossReference() {}

  /** The distance of a prediction p in (0, 1) from a target y in [0, 1]. */
  public enum Distance {
    /** |p - y|. */
    MAE,
    /** (p - y)². */
    MSE,
    /**
     * (p - y)² / 2, or |p - y| - 1/2 for |p - y| > 1, which does not occur with targets in [0, 1].
     */
    HUBER,
    /**
     * The deviance of a Tweedie distribution of power 1.5, without terms that do not depend on p: 2
     * y / sqrt(p) + 2 sqrt(p).
     */
    TWEEDIE;

    /** The distance. */
    public double value(double p, double y) {
      double off = Math.abs(p - y);
      return switch (this) {
        case MAE -> off;
        case MSE -> off * off;
        case HUBER -> off <= 1 ? 0.5 * off * off : off - 0.5;
        case TWEEDIE -> 2 * y / Math.sqrt(p) + 2 * Math.sqrt(p);
      };
    }

    /** The derivative with respect to p; 0 for {@link #MAE} at p = y. */
    public double slope(double p, double y) {
      double off = p - y;
      return switch (this) {
        case MAE -> Math.signum(off);
        case MSE -> 2 * off;
        case HUBER -> Math.max(-1, Math.min(1, off));
        case TWEEDIE -> (1 - y / p) / Math.sqrt(p);
      };
    }
  }

  /**
   * Targets of the outputs.
   *
   * @param values [rows], in [0, 1]
   * @param sampledNegative [rows]: the row has no target
   * @param output index of the output in a row
   * @param distance distance of a prediction from its target
   * @param weight factor of the loss
   */
  public record Targets(
      float[] values, boolean[] sampledNegative, int output, Distance distance, float weight) {}

  /**
   * Returns the weighted loss and adds its gradient with respect to the logits; 0 if no row has a
   * target.
   *
   * @param gradLogits [rows, outputs], added to
   * @param logits [rows, outputs]
   */
  public static double apply(float[] gradLogits, float[] logits, Targets targets) {
    int rows = targets.values().length;
    int outputs = rows == 0 ? 0 : logits.length / rows;
    int count = 0;
    for (boolean sampled : targets.sampledNegative()) {
      count += sampled ? 0 : 1;
    }
    double loss = 0;
    for (int row = 0; row < rows; row++) {
      if (targets.sampledNegative()[row]) {
        continue;
      }
      int at = row * outputs + targets.output();
      double p = ActivationReference.sigmoid(logits[at]);
      double y = targets.values()[row];
      loss += targets.weight() * targets.distance().value(p, y) / count;
      double slope = targets.distance().slope(p, y);
      gradLogits[at] += (float) (targets.weight() * slope * p * (1 - p) / count);
    }
    return loss;
  }
}
