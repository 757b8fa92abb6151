package dev.phoenix.model;

import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The hidden rows of a pass, put back where the reference has them: [B, T, D] by step, rows of
 * padding zero.
 */
final class GoldenTrace implements Trace {
  private final boolean[] valid;
  private final int length;
  private final int candidatesFrom;
  private final int columns;
  private final Map<String, float[]> steps = new LinkedHashMap<>();
  private boolean candidates;

  /**
   * A trace of sequences of {@code length} positions.
   *
   * @param valid [B, T] the reference's padding mask
   * @param candidatesFrom 1 + S
   */
  GoldenTrace(boolean[] valid, int length, int candidatesFrom, int columns) {
    this.valid = valid;
    this.length = length;
    this.candidatesFrom = candidatesFrom;
    this.columns = columns;
  }

  /** From now on the rows seen are candidates, padding included. */
  void beginCandidates() {
    candidates = true;
  }

  @Override
  public void see(String step, Tensor hidden, RowLayout rows) {
    float[] all = steps.computeIfAbsent(step, name -> new float[valid.length * columns]);
    float[] values = hidden.toArray();
    for (int request = 0; request < rows.requests(); request++) {
      int row = rows.begin(request);
      int from = candidates ? candidatesFrom : 0;
      int to = candidates ? length : candidatesFrom;
      for (int t = from; t < to; t++) {
        int place = request * length + t;
        if (valid[place]) {
          System.arraycopy(values, row * columns, all, place * columns, columns);
        }
        row += candidates || valid[place] ? 1 : 0;
      }
    }
  }

  /** Every step's rows in the order of the steps. */
  Map<String, float[]> steps() {
    return steps;
  }

  /** {@code expected} [B, T, D] with its padding rows zero, as {@link #steps} have them. */
  float[] masked(float[] expected) {
    float[] masked = expected.clone();
    for (int place = 0; place < valid.length; place++) {
      if (!valid[place]) {
        java.util.Arrays.fill(masked, place * columns, (place + 1) * columns, 0f);
      }
    }
    return masked;
  }
}
