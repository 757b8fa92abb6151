package dev.phoenix.parity;

import dev.phoenix.ops.Precision;

/**
 * The bounds of the difference between a tensor and the reference. Source:
 * docs/model.md#8-precision.
 *
 * @param precision the backend's precision: float32 is held to an absolute error of 2e-5; bfloat16
 *     to 1.25 times the relative L2 error of the reference's own bfloat16 run
 */
record Bounds(Precision precision) {
  private static final double FLOAT32_BOUND = 2e-5;
  private static final double BFLOAT16_FACTOR = 1.25;

  /**
   * Compares a tensor of values near 1 or below: probabilities, vectors, scores.
   *
   * @param found values of the backend
   * @param float32 values of the reference in float32
   * @param bfloat16 values of the reference in bfloat16
   */
  TensorCheck check(String tensor, float[] found, float[] float32, float[] bfloat16) {
    requireLength(tensor, found, float32);
    if (precision == Precision.FLOAT32) {
      return new TensorCheck(tensor, "max abs", maxAbs(found, float32), FLOAT32_BOUND);
    }
    double allowed = BFLOAT16_FACTOR * relativeL2(bfloat16, float32);
    // The parts that the reference computes in float32 in both runs differ by summation order only.
    return new TensorCheck(
        tensor, "rel L2", relativeL2(found, float32), Math.max(allowed, FLOAT32_BOUND));
  }

  /** Like {@link #check} for values of any size: the float32 bound scales with the largest. */
  TensorCheck checkScaled(String tensor, float[] found, float[] float32, float[] bfloat16) {
    TensorCheck check = check(tensor, found, float32, bfloat16);
    if (precision == Precision.BFLOAT16) {
      return check;
    }
    double largest = 1;
    for (float value : float32) {
      largest = Math.max(largest, Math.abs(value));
    }
    return new TensorCheck(tensor, "max abs", check.error(), FLOAT32_BOUND * largest);
  }

  private static void requireLength(String tensor, float[] found, float[] expected) {
    if (found.length != expected.length) {
      throw new IllegalArgumentException(
          "%s: expected %d values, found %d".formatted(tensor, expected.length, found.length));
    }
  }

  private static double maxAbs(float[] found, float[] expected) {
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      double difference = Math.abs((double) found[i] - expected[i]);
      if (Double.isNaN(difference)) {
        return Double.NaN;
      }
      largest = Math.max(largest, difference);
    }
    return largest;
  }

  private static double relativeL2(float[] found, float[] expected) {
    double difference = 0;
    double square = 0;
    for (int i = 0; i < found.length; i++) {
      double delta = (double) found[i] - expected[i];
      difference += delta * delta;
      square += (double) expected[i] * expected[i];
    }
    return square == 0 ? Math.sqrt(difference) : Math.sqrt(difference / square);
  }
}
