package dev.phoenix.kernels.check;

/** Inputs and tolerances shared by the cases of the element-wise kernels. */
final class Activations {
  /** Multiples of a warp, a vector and a block of vectors, and their neighbours. */
  static final int[] COUNTS = {0, 1, 7, 8, 9, 31, 32, 33, 2047, 2048, 2049};

  /**
   * Tolerance of a float32 kernel: the relative error of e^-x grows with |x|, which is at most
   * about 20 before the result vanishes.
   */
  static final Tolerance FLOATS = new Tolerance(1e-12, 64 * 0x1p-24);

  private Activations() {}

  /** Inputs at which activations saturate or vanish, and non-finite ones. */
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
