package dev.phoenix.testing;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.function.IntToDoubleFunction;

/** Comparison of arrays within derived tolerances. */
public final class Closeness {
  /** Half an ulp of a float32 at 1: the relative error of one operation. */
  public static final double FLOAT_ROUNDING = 0x1p-24;

  /** Half an ulp of a bfloat16 at 1. */
  public static final double BFLOAT16_ROUNDING = 0x1p-9;

  private Closeness() {}

  /**
   * Asserts that every element is within {@code allowed} of its expected value; NaN and infinite
   * values must match exactly.
   */
  public static void assertWithin(
      String what, float[] expected, float[] actual, IntToDoubleFunction allowed) {
    if (expected.length != actual.length) {
      fail(what + ": expected " + expected.length + " values, found " + actual.length);
    }
    for (int i = 0; i < expected.length; i++) {
      boolean same = Float.compare(expected[i], actual[i]) == 0;
      double difference = Math.abs((double) expected[i] - actual[i]);
      // Written so that a NaN difference fails.
      if (!same && !(difference <= allowed.applyAsDouble(i))) {
        fail(
            "%s: element %d is %s, expected %s within %s; %s"
                .formatted(
                    what, i, actual[i], expected[i], allowed.applyAsDouble(i), Seeds.replay()));
      }
    }
  }

  /** Asserts bit-exact equality, except that all NaN are equal. */
  public static void assertSame(String what, float[] expected, float[] actual) {
    if (expected.length != actual.length) {
      fail(what + ": expected " + expected.length + " values, found " + actual.length);
    }
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
        fail(
            "%s: element %d is %s, expected exactly %s; %s"
                .formatted(what, i, actual[i], expected[i], Seeds.replay()));
      }
    }
  }

  /** The largest absolute difference. */
  public static double largestDifference(float[] expected, float[] actual) {
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) expected[i] - actual[i]);
      if (!(difference <= largest)) {
        largest = difference;
      }
    }
    return largest;
  }

  /** |actual - expected| / |expected| over all elements. */
  public static double relativeError(float[] expected, float[] actual) {
    double error = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = (double) expected[i] - actual[i];
      error += difference * difference;
      size += (double) expected[i] * expected[i];
    }
    return size == 0 ? Math.sqrt(error) : Math.sqrt(error / size);
  }
}
