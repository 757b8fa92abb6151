package dev.phoenix.kernels.check;

/**
 * How far gradients of attention may lie from their definition. They are sums of products whose
 * factors, weights and gradients of logits, are rounded to bfloat16 (2^-8 at worst) and come from
 * tanh.approx: a weight is off by |logit| 2^-11 relatively, its slope 1 - tanh² by 2^-10
 * absolutely. These errors hardly agree in sign, so the whole difference stays within the sum of
 * the three, relative to the length of what is expected. No element may be off by more than eight
 * times that share of the largest one, or a wrong row among thousands would hide.
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
