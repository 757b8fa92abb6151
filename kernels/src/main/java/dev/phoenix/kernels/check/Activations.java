package dev.phoenix.kernels.check;

/** What the cases of the element-wise kernels have in common. */
final class Activations {
  /** On and beside a warp, a vector and a block of vectors. */
  static final int[] COUNTS = {0, 1, 7, 8, 9, 31, 32, 33, 2047, 2048, 2049};

  /**
   * Of a kernel that rounds nothing: e^-x is off by as many roundings as its argument is large, 20
   * in what is not yet zero.
   */
  static final Tolerance FLOATS = new Tolerance(1e-12, 64 * 0x1p-24);

  private Activations() {}

  /** Saturating, vanishing and not finite. */
  static float[] extremes() {
    return new float[] {
      0f,
      -0f,
      1e-30f,
      -20,
      20,
      -90,
      90,
      200,
      -200,
      1e30f,
      -1e30f,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY
    };
  }
}
