package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * How far a result may lie from its definition: {@code absolute + relative * |expected|}. NaN meets
 * NaN only, infinity the same infinity only.
 */
record Tolerance(double absolute, double relative) {
  /**
   * A float32 computation rounded to bfloat16 once: the rounding, and two hundredths of it for the
   * float32 error that may push a value over the edge between two bfloat16 neighbours.
   */
  static final Tolerance ONE_ROUNDING = new Tolerance(1e-6, 1.02 * Bfloat16.EPSILON);

  /** A float32 computation with approximate exponentials and reciprocals (2^-22 each). */
  static final Tolerance FLOAT32 = new Tolerance(1e-6, 1e-5);

  Tolerance plus(double moreAbsolute) {
    return new Tolerance(absolute + moreAbsolute, relative);
  }

  /** Compares element by element and names the first that departs. */
  void check(String what, float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length, what + ": length");
    for (int i = 0; i < expected.length; i++) {
      float e = expected[i];
      float a = actual[i];
      boolean close =
          Float.isFinite(e)
              ? Math.abs((double) a - e) <= absolute + relative * Math.abs((double) e)
              : Float.compare(e, a) == 0;
      if (!close) {
        fail(
            "%s: element %d of %d: expected %s, found %s"
                .formatted(what, i, expected.length, e, a));
      }
    }
  }

  /** The length of the difference relative to the length of the expected vector. */
  static double relativeError(float[] expected, float[] actual) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) actual[i] - expected[i], 2);
      length += Math.pow(expected[i], 2);
    }
    return length == 0 ? Math.sqrt(difference) : Math.sqrt(difference / length);
  }
}
