package dev.phoenix.kernels.check;

import org.jspecify.annotations.Nullable;

/**
 * The difference of numbers from the expected ones.
 *
 * @param elements number of compared elements
 * @param worstUlps the largest difference of finite numbers, in units in the last place of the one
 *     expected
 * @param boundUsed the largest ratio of a difference to its bound; more than 1 is a failure
 * @param failure the first element out of bounds, or another failure; null if there is none
 */
public record Comparison(
    int elements, double worstUlps, double boundUsed, @Nullable String failure) {
  /** Whether everything lies within its bound. */
  public boolean passed() {
    return failure == null;
  }

  /**
   * Compares each element and, if the tolerance bounds it, the relative L2 error.
   *
   * @param format number format, which defines the unit in the last place
   */
  public static Comparison of(
      Format format, double[] expected, double[] actual, Output.Allowance allowance) {
    if (expected.length != actual.length) {
      String lengths = "expected %d elements, found %d".formatted(expected.length, actual.length);
      return new Comparison(0, 0, Double.POSITIVE_INFINITY, lengths);
    }
    Tolerance tolerance = allowance.of(expected);
    double ulps = 0;
    double used = 0;
    String failure = null;
    for (int i = 0; i < expected.length; i++) {
      double e = expected[i];
      double a = actual[i];
      double share = share(e, a, tolerance);
      if (Double.isFinite(e) && Double.isFinite(a)) {
        ulps = Math.max(ulps, Math.abs(a - e) / format.ulp(e));
      }
      used = Math.max(used, share);
      if (share > 1 && failure == null) {
        failure =
            "element %d of %d: expected %s, found %s, bound %.3g"
                .formatted(i, expected.length, e, a, tolerance.at(e));
      }
    }
    double length = relativeLength(expected, actual) / tolerance.length();
    if (length > 1 && failure == null) {
      failure =
          "relative L2 error %.3g, bound %.3g"
              .formatted(length * tolerance.length(), tolerance.length());
    }
    // NaN if an element is NaN; the elements have been compared one by one.
    double worst = Double.isNaN(length) ? used : Math.max(used, length);
    return new Comparison(expected.length, ulps, worst, failure);
  }

  private static double share(double expected, double actual, Tolerance tolerance) {
    if (!Double.isFinite(expected)) {
      return Double.compare(expected, actual) == 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    double difference = Math.abs(actual - expected);
    if (difference == 0) {
      return 0;
    }
    double share = difference / tolerance.at(expected);
    return Double.isNaN(share) ? Double.POSITIVE_INFINITY : share;
  }

  /** The L2 norm of the difference relative to that of the expected vector. */
  private static double relativeLength(double[] expected, double[] actual) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(actual[i] - expected[i], 2);
      length += Math.pow(expected[i], 2);
    }
    return length == 0 ? Math.sqrt(difference) : Math.sqrt(difference / length);
  }
}
