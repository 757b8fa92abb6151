package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * How far attention may lie from its definition. A weight has the relative error d = 2^-8 (it is
 * rounded to bfloat16) + |logit| 2^-11 (tanh.approx is that exact, relatively); the output is a
 * mean of values under such weights, so at worst it moves by 2 d max|v|, and it is rounded to
 * bfloat16 once. The errors of a row's weights hardly agree in sign, so the whole result lies much
 * closer: its relative L2 error is that of the one rounding, at most 2^-8, and less.
 */
final class AttentionTolerance {
  private AttentionTolerance() {}

  static void check(String what, float[] expected, float[] actual, double largestLogit) {
    float largestValue = 0;
    for (float value : expected) {
      largestValue = Float.isFinite(value) ? Math.max(largestValue, Math.abs(value)) : largestValue;
    }
    double weight = Bfloat16.EPSILON + largestLogit * 0x1p-11;
    Tolerance.ONE_ROUNDING.plus(2 * weight * largestValue).check(what, expected, actual);
    double error = Tolerance.relativeError(expected, actual);
    assertTrue(
        !(error > Bfloat16.EPSILON), what + ": relative L2 error " + error + " exceeds 2^-8");
  }
}
