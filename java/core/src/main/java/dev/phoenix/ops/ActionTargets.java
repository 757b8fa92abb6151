package dev.phoenix.ops;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The targets of the ranker's logits [rows, A + continuous outputs]. The loss is the sum over rows
 * and actions of scale * w * crossEntropy(sigmoid(logit), target) with w = 0 for negative feedback
 * on sampled negatives, plus continuousScale times the continuous loss of sigmoid output {@code A +
 * DWELL} over rows that are not sampled negatives. Source: docs/model.md#9-training.
 *
 * @param actions A
 * @param targets [rows, A]
 * @param negativeSample [rows]
 * @param dwell [rows] scaled dwell times; not read if {@code continuousScale} is 0
 * @param scale 1 / the number of valid candidates of the batch
 * @param continuousScale the weight of the continuous loss / the number of candidates that it
 *     covers
 * @param continuous the continuous loss function
 */
public record ActionTargets(
    int actions,
    float[] targets,
    boolean[] negativeSample,
    float[] dwell,
    double scale,
    double continuousScale,
    ContinuousLoss continuous) {
  /** The continuous output that predicts dwell time. */
  public static final int DWELL = 1;

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ActionTargets that
        && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {
      actions, targets, negativeSample, dwell, scale, continuousScale, continuous
    };
  }
}
