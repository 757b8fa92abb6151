package dev.phoenix.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.NpzFile;
import dev.phoenix.ops.Precision;
import dev.phoenix.testing.Closeness;
import dev.phoenix.testing.GoldenFiles;
import java.util.function.UnaryOperator;

/**
 * Compares results with a golden case. Source of the bounds: docs/model.md#8-precision.
 *
 * @param name name of the case
 * @param precision precision of the compared results
 */
record Parity(String name, Precision precision) {
  private static final double FLOAT32_BOUND = 2e-5;
  private static final double BFLOAT16_FACTOR = 1.25;

  private float[] expected(Precision of, String tensor) {
    try (NpzFile file = GoldenFiles.open("%s/expected_%s.npz".formatted(name, of.label()))) {
      return file.get(tensor).toFloats();
    }
  }

  void assertNear(String tensor, float[] found) {
    assertNear(tensor, found, UnaryOperator.identity());
  }

  /**
   * Asserts that {@code found} equals the part of a golden tensor that {@code part} selects. In
   * float32, hidden rows are sums over many layers with values up to 20, so their bound grows with
   * the largest element; the basic bound is for values of at most 1.
   */
  void assertNear(String tensor, float[] found, UnaryOperator<float[]> part) {
    float[] expected = part.apply(expected(Precision.FLOAT32, tensor));
    double largest = 1;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    double difference = Closeness.largestDifference(expected, found);
    if (precision == Precision.FLOAT32) {
      assertBelow(tensor, "largest difference", difference, FLOAT32_BOUND * largest);
      return;
    }
    float[] rounded = part.apply(expected(Precision.BFLOAT16, tensor));
    double reference = Closeness.relativeError(expected, rounded);
    if (reference == 0) {
      assertBelow(tensor, "largest difference", difference, FLOAT32_BOUND * largest);
    } else {
      double error = Closeness.relativeError(expected, found);
      assertBelow(tensor, "relative error", error, BFLOAT16_FACTOR * reference);
    }
  }

  private void assertBelow(String tensor, String what, double found, double bound) {
    assertTrue(
        found <= bound,
        () ->
            "%s, %s: '%s' is the first tensor that departs: %s %.3g, expected at most %.3g"
                .formatted(name, precision.label(), tensor, what, found, bound));
  }
}
