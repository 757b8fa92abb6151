package dev.phoenix.kernels.reference;

import java.util.List;

/**
 * The length of all gradients together, and what clipping multiplies them by. Source:
 * docs/model.md#9-training; Pascanu et al., arXiv 1211.5063.
 */
public final class GradientNormReference {
  private GradientNormReference() {}

  /**
   * sqrt(sum of squares) over all tensors; NaN or infinite when any gradient is not finite, which
   * is how a step to be skipped is recognised.
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

  /** 1 where the norm is within {@code most}, else {@code most / norm}. */
  public static double clipFactor(double norm, double most) {
    return norm <= most ? 1 : most / norm;
  }
}
