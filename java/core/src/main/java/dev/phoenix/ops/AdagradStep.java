package dev.phoenix.ops;

/**
 * One step of row-wise AdaGrad: acc += mean(g^2), row -= rate * g / (sqrt(acc) + epsilon), with g
 * the gradient times {@code gradientFactor}.
 */
public record AdagradStep(double rate, double epsilon, double gradientFactor) {
  /** This step with gradients multiplied by {@code factor} too. */
  AdagradStep clipped(double factor) {
    return new AdagradStep(rate, epsilon, gradientFactor * factor);
  }
}
