package dev.phoenix.ptx.emulator;

/**
 * D = A x B + C for every fragment map: {@code wmma.mma}, and {@code mma.sync} of integers, single
 * bits and doubles.
 *
 * <p>Integer sums are exact and wrap to 32 bits, or saturate with {@code .satfinite}. Doubles use
 * fused multiply-add with k ascending. For the other types, products (exact in double) are added to
 * C in double with k ascending, and the sum is rounded once.
 */
final class DenseMultiply extends Operation {
  /** Product and rounding of the sum. */
  enum Arithmetic {
    /** Multiply; round or wrap the sum. */
    PLAIN,
    /** Multiply; saturate the sum to 32 bits. */
    SATURATED,
    /** Fused multiply-add of doubles. */
    FUSED,
    /** Count bits that are set in both. */
    AND,
    /** Count bits that differ. */
    XOR
  }

  /**
   * The maps of the four matrices; D is like C in shape.
   *
   * @param left A, M x K
   * @param right B, K x N
   * @param added C, M x N
   * @param result D, M x N
   */
  record Matrices(FragmentMap left, FragmentMap right, FragmentMap added, FragmentMap result) {}

  /**
   * Registers of the four matrices.
   *
   * @param result D
   * @param left A
   * @param right B
   * @param added C
   */
  record Registers(int[] result, int[] left, int[] right, int[] added) {}

  private final Matrices matrices;
  private final Registers registers;
  private final Arithmetic arithmetic;

  DenseMultiply(Matrices matrices, Registers registers, Arithmetic arithmetic) {
    this.matrices = matrices;
    this.registers = registers;
    this.arithmetic = arithmetic;
    costing(InstructionClass.TENSOR);
  }

  @Override
  void execute(Warp warp, int mask) {
    MatrixMultiply.requireAll(this, warp, mask);
    TensorScratch.Dense scratch = warp.tensor.dense();
    matrices.left().read(warp, registers.left(), scratch.a());
    matrices.right().read(warp, registers.right(), scratch.b());
    matrices.added().read(warp, registers.added(), scratch.c());
    multiply(scratch.a(), scratch.b(), scratch.c());
    matrices.result().write(warp, registers.result(), scratch.c());
    long size = (long) matrices.left().rows() * matrices.right().rows();
    warp.counts[Counter.TENSOR_FLOPS] += 2 * size * matrices.right().columns();
  }

  private void multiply(double[] a, double[] b, double[] c) {
    int depth = matrices.left().columns();
    int columns = matrices.right().columns();
    for (int row = 0; row < matrices.left().rows(); row++) {
      for (int column = 0; column < columns; column++) {
        double sum = c[row * columns + column];
        for (int k = 0; k < depth; k++) {
          sum = add(sum, a[row * depth + k], b[k * columns + column]);
        }
        c[row * columns + column] = arithmetic == Arithmetic.SATURATED ? limit(sum) : sum;
      }
    }
  }

  private double add(double sum, double a, double b) {
    return switch (arithmetic) {
      case FUSED -> Math.fma(a, b, sum);
      case XOR -> sum + (a == b ? 0 : 1);
      default -> sum + a * b;
    };
  }

  private static double limit(double sum) {
    return Math.clamp(sum, Integer.MIN_VALUE, (double) Integer.MAX_VALUE);
  }
}
