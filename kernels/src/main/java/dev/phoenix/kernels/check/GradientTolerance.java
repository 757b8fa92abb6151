package dev.phoenix.kernels.check;

/**
 * Tolerance of attention gradients against their definition. They are sums of products whose
 * factors (weights and gradients of logits) are rounded to bfloat16 (relative error 2^-8) and
 * computed with tanh.approx: a weight has the relative error |logit| 2^-11, its slope 1 - tanh² the
 * absolute error 2^-10. These errors have mixed signs, so the relative L2 error is bounded by the
 * sum of the three. An element may differ by eight times that fraction of the largest element, so
 * that one wrong row among thousands is found.
 *
 * @param largestLogit the largest |logit| of the case, before the cap
 */
record GradientTolerance(double largestLogit) implements Output.Allowance {
  @Override
  public Tolerance of(double[] expected) {
    double largest = 0;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    double share = Bfloat16.EPSILON + largestLogit * 0x1p-11 + 0x1p-10;
    return new Tolerance(8 * share * largest, 0, share);
  }
}
