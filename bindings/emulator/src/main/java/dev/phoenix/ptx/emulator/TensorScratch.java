package dev.phoenix.ptx.emulator;

import org.jspecify.annotations.Nullable;

/** Scratch memory for the matrices of one multiplication. */
final class TensorScratch {
  private static final int MAX_K = 16;

  /** The largest A and B are those of single bits, 16 x 256 and 256 x 8; the largest C 32 x 8. */
  private static final int MAX_DENSE = 16 * 256;

  final double[] a = new double[Fragments.M * MAX_K];
  final double[] b = new double[MAX_K * Fragments.N];
  final double[] c = new double[Fragments.M * Fragments.N];

  /** The registers of C. */
  final int[] sums = new int[Fragments.M * Fragments.N];

  private @Nullable Dense dense;

  /**
   * Buffers large enough for every shape.
   *
   * @param a A by rows
   * @param b B by rows
   * @param c C by rows
   */
  record Dense(double[] a, double[] b, double[] c) {}

  /** Buffers for every shape, allocated on first use. */
  Dense dense() {
    Dense made = dense;
    if (made == null) {
      made = new Dense(new double[MAX_DENSE], new double[MAX_DENSE], new double[MAX_DENSE]);
      dense = made;
    }
    return made;
  }
}
