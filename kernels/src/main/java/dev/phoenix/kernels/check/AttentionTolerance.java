package dev.phoenix.kernels.check;

/**
 * Tolerance of attention against its definition. A weight has the relative error d = 2^-8 (rounding
 * to bfloat16) + |logit| 2^-11 (relative error of tanh.approx). The output is a mean of values with
 * such weights, so its error is at most 2 d max|v| plus one rounding to bfloat16. The errors of a
 * row's weights have mixed signs, so the relative L2 error of the whole result is bounded by the
 * one rounding, 2^-8.
 *
 * @param largestLogit the largest |logit| of the case, before the cap
 */
record AttentionTolerance(double largestLogit) implements Output.Allowance {
  @Override
  public Tolerance of(double[] expected) {
    double largestValue = 0;
    for (double value : expected) {
      largestValue =
          Double.isFinite(value) ? Math.max(largestValue, Math.abs(value)) : largestValue;
    }
    double weight = Bfloat16.EPSILON + largestLogit * 0x1p-11;
    return Tolerance.ONE_ROUNDING.plus(2 * weight * largestValue).withLength(Bfloat16.EPSILON);
  }
}
