package dev.phoenix.kernels.reference;

/**
 * out = x · w. Matrices of a checkpoint are [in, out]. Source: docs/model.md#1-checkpoint-files.
 */
public final class MatmulReference {
  private MatmulReference() {}

  /** {@code rows} x {@code in} times {@code in} x {@code out}. */
  public record Shape(int rows, int in, int out) {}

  /**
   * Multiplies.
   *
   * @param out [rows, out]
   * @param x [rows, in]
   * @param w [in, out]
   */
  public static void apply(float[] out, float[] x, float[] w, Shape shape) {
    for (int row = 0; row < shape.rows(); row++) {
      for (int column = 0; column < shape.out(); column++) {
        double sum = 0;
        for (int i = 0; i < shape.in(); i++) {
          sum += (double) x[row * shape.in() + i] * w[i * shape.out() + column];
        }
        out[row * shape.out() + column] = (float) sum;
      }
    }
  }
}
