package dev.phoenix.kernels.reference;

import java.util.List;

/**
 * The L2 norm of all gradients, and the clipping factor. Source: docs/model.md#9-training; Pascanu
 * et al., arXiv 1211.5063.
 */
public final class GradientNormReference {
  private GradientNormReference() {}

  /**
   * sqrt(sum of squares) over all tensors; NaN or infinite if any gradient is not finite, in which
   * case the step must be skipped.
   */
  public static double apply(List<float[]> gradients) {
    double squares = 0;
    for (float[] tensor : gradients) {
      for (float g : tensor) {
        squares += (double) g * g;
      }
    }
    return Math.sqrt(squares);
  }

  /** 1 if the norm is at most {@code most}, otherwise {@code most / norm}. */
  public static double clipFactor(double norm, double most) {
    return norm <= most ? 1 : most / norm;
  }
}
