package dev.phoenix.kernels.check;

/**
 * How far attention may lie from its definition. A weight has the relative error d = 2^-8 (it is
 * rounded to bfloat16) + |logit| 2^-11 (tanh.approx is that exact, relatively); the output is a
 * mean of values under such weights, so at worst it moves by 2 d max|v|, and it is rounded to
 * bfloat16 once. The errors of a row's weights hardly agree in sign, so the whole result lies much
 * closer: its relative L2 error is that of the one rounding, at most 2^-8, and less.
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
