package dev.phoenix.parity;

import dev.phoenix.ops.Precision;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares indices of the best entries with the reference's. In float32 they must be identical,
 * order included. In bfloat16 an index that only one side has must score within the scores' error
 * of the last one. Source: docs/model.md#8-precision.
 */
final class IndexCheck {
  private IndexCheck() {}

  /**
   * Compares one list.
   *
   * @param found the backend's indices and scores
   * @param expected the reference's indices and scores
   */
  static TensorCheck check(String tensor, Precision precision, Ranked found, Ranked expected) {
    if (precision == Precision.FLOAT32) {
      int different = 0;
      for (int i = 0; i < expected.indices().length; i++) {
        different += found.indices()[i] == expected.indices()[i] ? 0 : 1;
      }
      return new TensorCheck(tensor, "differ", different, 0);
    }
    double error = largestScoreError(found.scores(), expected.scores());
    double worst = 0;
    worst = Math.max(worst, worstExtra(found, expected));
    worst = Math.max(worst, worstExtra(expected, found));
    return new TensorCheck(tensor, "from K-th", worst, 2 * error);
  }

  /** Indices in descending order of score. */
  record Ranked(int[] indices, float[] scores) {}

  private static double largestScoreError(float[] found, float[] expected) {
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs((double) found[i] - expected[i]));
    }
    return largest;
  }

  /** The largest distance above the last score of an index that {@code other} lacks. */
  private static double worstExtra(Ranked one, Ranked other) {
    Set<Integer> known = Arrays.stream(other.indices()).boxed().collect(Collectors.toSet());
    Set<Integer> seen = new HashSet<>();
    double last = one.scores()[one.scores().length - 1];
    double worst = 0;
    for (int i = 0; i < one.indices().length; i++) {
      if (seen.add(one.indices()[i]) && !known.contains(one.indices()[i])) {
        worst = Math.max(worst, one.scores()[i] - last);
      }
    }
    return worst;
  }
}
