package dev.phoenix.kernels.reference;

/**
 * Gradients of {@link MatmulReference}: gradOut · wᵀ and xᵀ · gradOut. Source:
 * docs/model.md#9-training.
 */
public final class MatmulBackwardReference {
  private MatmulBackwardReference() {}

  /**
   * Adds the gradient of the left operand.
   *
   * @param gradX [rows, in], added to
   * @param gradOut [rows, out]
   * @param w [in, out]
   */
  public static void left(float[] gradX, float[] gradOut, float[] w, MatmulReference.Shape shape) {
    for (int row = 0; row < shape.rows(); row++) {
      for (int i = 0; i < shape.in(); i++) {
        double sum = 0;
        for (int column = 0; column < shape.out(); column++) {
          sum += (double) gradOut[row * shape.out() + column] * w[i * shape.out() + column];
        }
        gradX[row * shape.in() + i] += (float) sum;
      }
    }
  }

  /**
   * Adds the gradient of the right operand.
   *
   * @param gradW [in, out], added to
   * @param gradOut [rows, out]
   * @param x [rows, in]
   */
  public static void right(float[] gradW, float[] gradOut, float[] x, MatmulReference.Shape shape) {
    for (int i = 0; i < shape.in(); i++) {
      for (int column = 0; column < shape.out(); column++) {
        double sum = 0;
        for (int row = 0; row < shape.rows(); row++) {
          sum += (double) x[row * shape.in() + i] * gradOut[row * shape.out() + column];
        }
        gradW[i * shape.out() + column] += (float) sum;
      }
    }
  }
}
