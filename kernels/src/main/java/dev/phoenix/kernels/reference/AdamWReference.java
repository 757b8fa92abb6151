package dev.phoenix.kernels.reference;

/**
 * AdamW: Adam with bias correction and decoupled weight decay. m = b1 m + (1 - b1) g, v = b2 v + (1
 * - b2) g², p -= lr (m̂ / (sqrt(v̂) + eps) + decay p) with m̂ = m / (1 - b1^t), v̂ = v / (1 -
 * b2^t). Source: docs/model.md#9-training; Loshchilov and Hutter, arXiv 1711.05101.
 */
public final class AdamWReference {
  private AdamWReference() {}

  /**
   * The constants of one step.
   *
   * @param learningRate of this step
   * @param beta1 decay of the mean gradient
   * @param beta2 decay of the mean square
   * @param epsilon added to the root of the mean square
   * @param weightDecay decoupled weight decay, before multiplication by the learning rate
   */
  public record Settings(
      double learningRate, double beta1, double beta2, double epsilon, double weightDecay) {}

  /**
   * Optimiser state of a tensor.
   *
   * @param mean m, zeros at the beginning
   * @param meanSquare v, zeros at the beginning
   */
  public record Moments(float[] mean, float[] meanSquare) {}

  /**
   * Performs a step.
   *
   * @param parameters [any shape], updated in place
   * @param moments of the same shape, updated in place
   * @param gradients of the same shape
   * @param step t: 1 for the first step
   */
  public static void apply(
      float[] parameters, Moments moments, float[] gradients, Settings settings, int step) {
    double correction1 = 1 - Math.pow(settings.beta1(), step);
    double correction2 = 1 - Math.pow(settings.beta2(), step);
    for (int i = 0; i < parameters.length; i++) {
      double g = gradients[i];
      double mean = settings.beta1() * moments.mean()[i] + (1 - settings.beta1()) * g;
      double square = settings.beta2() * moments.meanSquare()[i] + (1 - settings.beta2()) * g * g;
      moments.mean()[i] = (float) mean;
      moments.meanSquare()[i] = (float) square;
      double direction =
          mean / correction1 / (Math.sqrt(square / correction2) + settings.epsilon());
      double decay = settings.weightDecay() * parameters[i];
      parameters[i] = (float) (parameters[i] - settings.learningRate() * (direction + decay));
    }
  }
}
