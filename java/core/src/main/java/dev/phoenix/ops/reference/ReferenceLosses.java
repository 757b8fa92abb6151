package dev.phoenix.ops.reference;

import dev.phoenix.kernels.reference.ActivationReference;
import dev.phoenix.kernels.reference.ContinuousLossReference.Distance;
import dev.phoenix.ops.ActionTargets;
import dev.phoenix.ops.SoftmaxQueries;
import java.util.Arrays;

/** The losses, term by term as {@link SoftmaxQueries} and {@link ActionTargets} define them. */
final class ReferenceLosses {
  private static final int FIRST_FEEDBACK = 14;
  private static final int LAST_FEEDBACK = 17;
  private static final int DWELL = 1;

  private ReferenceLosses() {}

  /**
   * Adds the losses of consecutive queries to sums[0] and their slopes to sums[1]; replaces dots by
   * gradients.
   */
  static void softmax(
      ReferenceTensor dots, SoftmaxQueries q, int firstQuery, double scale, double[] sums) {
    float[] all = dots.values();
    int columns = dots.columns();
    for (int row = 0; row < dots.rows(); row++) {
      float[] own = Arrays.copyOfRange(all, row * columns, (row + 1) * columns);
      softmax(own, q, firstQuery + row, scale, sums);
      System.arraycopy(own, 0, all, row * columns, columns);
    }
    dots.set(all);
  }

  /**
   * Adds the loss and the slope of one query to sums; replaces its dot products by their gradients.
   */
  private static void softmax(
      float[] dots, SoftmaxQueries q, int query, double scale, double[] sums) {
    double[] bias = new double[dots.length];
    for (int j = 0; j < bias.length; j++) {
      bias[j] = q.bias()[j];
    }
    for (int e = q.exceptionOffsets()[query]; e < q.exceptionOffsets()[query + 1]; e++) {
      bias[q.exceptionColumns()[e]] = q.exceptionBias()[e];
    }
    double[] gradient = new double[dots.length];
    for (int p = q.positiveOffsets()[query]; p < q.positiveOffsets()[query + 1]; p++) {
      sums[0] += positive(gradient, dots, bias, q, new Positive(p, scale));
    }
    for (int j = 0; j < dots.length; j++) {
      sums[1] -= gradient[j] * dots[j] * scale;
      dots[j] = (float) (gradient[j] * scale);
    }
  }

  private record Positive(int p, double scale) {}

  /** Returns the loss of one positive and adds its gradient by the scores. */
  private static double positive(
      double[] gradient, float[] dots, double[] bias, SoftmaxQueries q, Positive which) {
    int column = q.positiveColumns()[which.p];
    double weight = q.positiveWeights()[which.p];
    double own = dots[column] * which.scale + q.positiveBias()[which.p];
    double largest = own;
    for (int j = 0; j < dots.length; j++) {
      largest = Math.max(largest, dots[j] * which.scale + bias[j]);
    }
    double total = Math.exp(own - largest);
    for (int j = 0; j < dots.length; j++) {
      total += Math.exp(dots[j] * which.scale + bias[j] - largest);
    }
    for (int j = 0; j < dots.length; j++) {
      gradient[j] += weight * Math.exp(dots[j] * which.scale + bias[j] - largest) / total;
    }
    gradient[column] += weight * (Math.exp(own - largest) / total - 1);
    return weight * (Math.log(total) + largest - own);
  }

  /** Returns the ranker's loss and writes its gradient by the logits. */
  static double actions(float[] gradient, float[] logits, int outputs, ActionTargets t) {
    double loss = 0;
    Arrays.fill(gradient, 0);
    for (int row = 0; row < logits.length / outputs; row++) {
      for (int action = 0; action < t.actions(); action++) {
        boolean feedback = action >= FIRST_FEEDBACK && action <= LAST_FEEDBACK;
        if (!(feedback && t.negativeSample()[row])) {
          double x = logits[row * outputs + action];
          double y = t.targets()[row * t.actions() + action];
          loss += t.scale() * (Math.max(x, 0) - x * y + Math.log1p(Math.exp(-Math.abs(x))));
          gradient[row * outputs + action] =
              (float) (t.scale() * (ActivationReference.sigmoid(x) - y));
        }
      }
      if (!t.negativeSample()[row] && t.continuousScale() != 0) {
        int at = row * outputs + t.actions() + DWELL;
        double p = ActivationReference.sigmoid(logits[at]);
        double y = t.dwell()[row];
        Distance distance = Definitions.distance(t.continuous());
        loss += t.continuousScale() * distance.value(p, y);
        gradient[at] = (float) (t.continuousScale() * distance.slope(p, y) * p * (1 - p));
      }
    }
    return loss;
  }
}
