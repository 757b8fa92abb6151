package dev.phoenix.ops;

/**
 * One step of AdamW: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, value -= rate * (m
 * / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon) + decay * value), with g the gradient times
 * {@code gradientFactor}.
 *
 * @param count t, counted from 1
 */
public record AdamStep(
    double rate,
    double beta1,
    double beta2,
    double epsilon,
    double decay,
    double gradientFactor,
    long count) {
  /** This step with gradients multiplied by {@code factor} too. */
  AdamStep clipped(double factor) {
    return new AdamStep(rate, beta1, beta2, epsilon, decay, gradientFactor * factor, count);
  }
}
