package dev.phoenix.model;

import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Collects the hidden rows of a pass in the layout of the reference: [B, T, D] by step, with
 * padding rows of zeros.
 */
final class GoldenTrace implements Trace {
  private final boolean[] valid;
  private final int length;
  private final int candidatesFrom;
  private final int columns;
  private final Map<String, float[]> steps = new LinkedHashMap<>();
  private boolean candidates;

  /**
   * Creates a trace of sequences of {@code length} positions.
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

  /** Declares that the following rows are candidates, padding included. */
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

  /** The rows by step, in the order of the steps. */
  Map<String, float[]> steps() {
    return steps;
  }

  /** Copies {@code expected} [B, T, D] with zero padding rows, as in {@link #steps}. */
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
