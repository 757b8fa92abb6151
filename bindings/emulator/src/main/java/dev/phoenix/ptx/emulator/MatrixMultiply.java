package dev.phoenix.ptx.emulator;

/**
 * mma.sync: D = A x B + C.
 *
 * <p>The ISA does not specify order and precision of the accumulation. Here products (exact in
 * double) are added to C in double with k ascending, and the sum is rounded once to the result's
 * type. This is deterministic and more exact than hardware, which truncates aligned products.
 */
final class MatrixMultiply extends Operation {
  private final Fragments fragments;
  private final int[] target;
  private final int[] left;
  private final int[] right;
  private final int[] accumulator;

  MatrixMultiply(Fragments fragments, int[] target, int[] left, int[] right, int[] accumulator) {
    this.fragments = fragments;
    this.target = target;
    this.left = left;
    this.right = right;
    this.accumulator = accumulator;
    costing(InstructionClass.TENSOR);
  }

  @Override
  void execute(Warp warp, int mask) {
    requireAll(this, warp, mask);
    multiply(warp.words, warp.tensor);
    warp.counts[Counter.TENSOR_FLOPS] += 2L * Fragments.M * Fragments.N * fragments.k();
  }

  /** Checks that all lanes of the warp execute a matrix instruction. */
  static void requireAll(Operation operation, Warp warp, int mask) {
    if (mask != -1) {
      throw operation.fault(
          warp,
          Integer.numberOfTrailingZeros(mask),
          EmulatorFault.Kind.DIVERGENT_WARP,
          "lanes " + Warp.lanes(~mask) + " do not take part");
    }
  }

  /** Multiplies the matrices in these registers. */
  void multiply(int[] words, TensorScratch scratch) {
    fragments.left(words, left, scratch.a);
    fragments.right(words, right, scratch.b);
    fragments.accumulator(words, accumulator, scratch.c);
    multiply(scratch.a, scratch.b, scratch.c, fragments.k());
    fragments.store(scratch.c, words, target);
  }

  private static void multiply(double[] a, double[] b, double[] c, int depth) {
    for (int row = 0; row < Fragments.M; row++) {
      int out = row * Fragments.N;
      for (int k = 0; k < depth; k++) {
        double left = a[row * depth + k];
        int from = k * Fragments.N;
        for (int column = 0; column < Fragments.N; column++) {
          c[out + column] += left * b[from + column];
        }
      }
    }
  }
}
