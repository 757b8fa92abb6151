package dev.phoenix.ops.cpu;

import dev.phoenix.ops.ActionTargets;

/**
 * The ranker's loss and its gradient, computed in double, which is cheap because a row has few
 * outputs.
 */
final class ActionLoss {
  /** The discrete actions that are negative feedback. Source: docs/model.md#5-ranker-outputs. */
  private static final int FIRST_FEEDBACK = 14;

  private static final int LAST_FEEDBACK = 17;

  private final RowLoop loop;
  private double[] losses = new double[0];

  ActionLoss(RowLoop loop) {
    this.loop = loop;
  }

  double run(CpuTensor dLogits, CpuTensor logits, ActionTargets targets) {
    dLogits.useRows(logits.rows());
    logits.shape().require(dLogits.name(), dLogits.shape());
    int rows = logits.rows();
    if (targets.targets().length < rows * targets.actions()
        || logits.columns() < targets.actions()) {
      throw new IllegalArgumentException(
          "%d targets are not those of %s".formatted(targets.targets().length, logits));
    }
    if (losses.length < rows) {
      losses = new double[2 * rows];
    }
    float[] to = dLogits.data();
    float[] from = logits.data();
    int stride = logits.stride();
    loop.run(
        rows,
        (begin, end) -> {
          java.util.Arrays.fill(to, begin * stride, end * stride, 0f);
          for (int row = begin; row < end; row++) {
            losses[row] = row(to, from, row, stride, targets);
          }
        });
    double loss = 0;
    for (int row = 0; row < rows; row++) {
      loss += losses[row];
    }
    return loss;
  }

  private static double row(float[] to, float[] from, int row, int stride, ActionTargets t) {
    int at = row * stride;
    boolean sampled = t.negativeSample()[row];
    double sum = 0;
    for (int action = 0; action < t.actions(); action++) {
      if (sampled && action >= FIRST_FEEDBACK && action <= LAST_FEEDBACK) {
        continue;
      }
      double x = from[at + action];
      double y = t.targets()[row * t.actions() + action];
      double small = Math.exp(-Math.abs(x));
      sum += Math.max(x, 0) - x * y + Math.log1p(small);
      double p = x >= 0 ? 1 / (1 + small) : small / (1 + small);
      to[at + action] = (float) (t.scale() * (p - y));
    }
    double loss = t.scale() * sum;
    if (!sampled && t.continuousScale() != 0) {
      int dwell = at + t.actions() + ActionTargets.DWELL;
      double p = 1 / (1 + Math.exp(-(double) from[dwell]));
      double y = t.dwell()[row];
      loss += t.continuousScale() * t.continuous().value(p, y);
      to[dwell] = (float) (t.continuousScale() * t.continuous().slope(p, y) * p * (1 - p));
    }
    return loss;
  }
}
