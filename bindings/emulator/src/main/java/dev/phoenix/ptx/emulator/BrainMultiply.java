package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.ScalarType;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * mma.sync of bfloat16 with float32 accumulators, which dominates the run time of the kernels:
 * vectorised, with bitwise the same results as {@link MatrixMultiply}. Products of two bfloat16 are
 * exact in double, so a fused multiply-add rounds as the separate operations do.
 *
 * <p>Scratch holds A as the registers do, [register, half, lane], because elements of A are read
 * one at a time. The columns of B and C are in the order 0, 2, 4, 6, 1, 3, 5, 7, so that a register
 * of C holds the first or the last four columns of a row contiguously.
 */
final class BrainMultiply extends Operation {
  private static final int HALF_ROW = 4;

  /** The machine's preferred vector width, at most half a row. */
  private static final VectorSpecies<Double> DOUBLES =
      DoubleVector.SPECIES_PREFERRED.length() < HALF_ROW
          ? DoubleVector.SPECIES_128
          : DoubleVector.SPECIES_256;

  private static final int LANES = DOUBLES.length();
  private static final VectorShape SINGLES = VectorShape.forBitSize(LANES * Float.SIZE);
  private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SINGLES);
  private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SINGLES);
  private static final int CANONICAL_NAN = FloatArithmetic.bits(Float.NaN);

  /** Scratch index of a lane's lower half of B: row 2 (lane % 4), column lane / 4. */
  private static final int[] PLACES = places();

  /**
   * Number of executions before the vector code is used. The JIT needs about a second to compile
   * it, about the time of this many scalar executions, so that short runs do not pay for it.
   */
  private static final int VECTORS_FROM = 1 << 20;

  /** Executions so far. Not atomic: lost counts only delay the switch and change no result. */
  private static int executed;

  private final MatrixMultiply scalar;
  private final int[] target;
  private final int[] left;
  private final int[] right;
  private final int[] accumulator;

  BrainMultiply(int[] target, int[] left, int[] right, int[] accumulator) {
    Fragments fragments = new Fragments(8 * right.length, ScalarType.BF16, ScalarType.F32);
    this.scalar = new MatrixMultiply(fragments, target, left, right, accumulator);
    this.target = target;
    this.left = left;
    this.right = right;
    this.accumulator = accumulator;
    costing(InstructionClass.TENSOR);
  }

  private static int[] places() {
    int[] places = new int[Warp.LANES];
    for (int lane = 0; lane < Warp.LANES; lane++) {
      int column = lane / 4;
      places[lane] = 2 * (lane % 4) * Fragments.N + column % 2 * HALF_ROW + column / 2;
    }
    return places;
  }

  @Override
  void execute(Warp warp, int mask) {
    MatrixMultiply.requireAll(this, warp, mask);
    if (executed < VECTORS_FROM) {
      executed++;
      scalar.multiply(warp.words, warp.tensor);
    } else {
      multiply(warp.words, warp.tensor);
    }
    warp.counts[Counter.TENSOR_FLOPS] += 2L * Fragments.M * Fragments.N * depth();
  }

  private int depth() {
    return 8 * right.length;
  }

  /** Multiplies the matrices in these registers. */
  void multiply(int[] words, TensorScratch scratch) {
    widenLeft(words, scratch.a);
    widenRight(words, scratch.b);
    // A result register may also be an operand register of C that is still to be read.
    for (int r = 0; r < accumulator.length; r++) {
      System.arraycopy(words, accumulator[r], scratch.sums, r * Warp.LANES, Warp.LANES);
    }
    for (int r = 0; r < target.length; r++) {
      for (int column = 0; column < HALF_ROW; column += LANES) {
        eightRows(scratch, r, column, words);
      }
    }
  }

  private void widenLeft(int[] words, double[] a) {
    for (int r = 0; r < left.length; r++) {
      int to = 2 * r * Warp.LANES;
      for (int lane = 0; lane < Warp.LANES; lane += LANES) {
        IntVector pair = IntVector.fromArray(INTS, words, left[r] + lane);
        widen(pair.lanewise(VectorOperators.LSHL, 16)).intoArray(a, to + lane);
        widen(pair.and(0xffff0000)).intoArray(a, to + Warp.LANES + lane);
      }
    }
  }

  private static DoubleVector widen(IntVector bits) {
    return (DoubleVector) bits.reinterpretAsFloats().convertShape(VectorOperators.F2D, DOUBLES, 0);
  }

  private void widenRight(int[] words, double[] b) {
    for (int r = 0; r < right.length; r++) {
      int rows = r * 8 * Fragments.N;
      for (int lane = 0; lane < Warp.LANES; lane++) {
        int pair = words[right[r] + lane];
        int to = rows + PLACES[lane];
        b[to] = Float.intBitsToFloat(pair << 16);
        b[to + Fragments.N] = Float.intBitsToFloat(pair & 0xffff0000);
      }
    }
  }

  /** The eight rows and some columns of register r of the result. */
  private void eightRows(TensorScratch scratch, int r, int column, int[] words) {
    double[] a = scratch.a;
    int from = r * Warp.LANES + column;
    DoubleVector c0 = sum(scratch, from);
    DoubleVector c1 = sum(scratch, from + 4);
    DoubleVector c2 = sum(scratch, from + 8);
    DoubleVector c3 = sum(scratch, from + 12);
    DoubleVector c4 = sum(scratch, from + 16);
    DoubleVector c5 = sum(scratch, from + 20);
    DoubleVector c6 = sum(scratch, from + 24);
    DoubleVector c7 = sum(scratch, from + 28);
    int at = r % 2 * HALF_ROW + column;
    for (int k = 0; k < depth(); k++) {
      DoubleVector b = DoubleVector.fromArray(DOUBLES, scratch.b, k * Fragments.N + at);
      // Register r / 2 + 2 (k / 8), half k % 2, lane 4 row + k % 8 / 2.
      int row = ((r / 2 + k / 8 * 2) * 2 + k % 2) * Warp.LANES + k % 8 / 2;
      c0 = b.fma(DoubleVector.broadcast(DOUBLES, a[row]), c0);
      c1 = b.fma(DoubleVector.broadcast(DOUBLES, a[row + 4]), c1);
      c2 = b.fma(DoubleVector.broadcast(DOUBLES, a[row + 8]), c2);
      c3 = b.fma(DoubleVector.broadcast(DOUBLES, a[row + 12]), c3);
      c4 = b.fma(DoubleVector.broadcast(DOUBLES, a[row + 16]), c4);
      c5 = b.fma(DoubleVector.broadcast(DOUBLES, a[row + 20]), c5);
      c6 = b.fma(DoubleVector.broadcast(DOUBLES, a[row + 24]), c6);
      c7 = b.fma(DoubleVector.broadcast(DOUBLES, a[row + 28]), c7);
    }
    int to = target[r] + column;
    store(c0, words, to);
    store(c1, words, to + 4);
    store(c2, words, to + 8);
    store(c3, words, to + 12);
    store(c4, words, to + 16);
    store(c5, words, to + 20);
    store(c6, words, to + 24);
    store(c7, words, to + 28);
  }

  private static DoubleVector sum(TensorScratch scratch, int from) {
    return widen(IntVector.fromArray(INTS, scratch.sums, from));
  }

  private static void store(DoubleVector sum, int[] words, int to) {
    FloatVector rounded = (FloatVector) sum.convertShape(VectorOperators.D2F, FLOATS, 0);
    rounded
        .reinterpretAsInts()
        .blend(CANONICAL_NAN, rounded.test(VectorOperators.IS_NAN).cast(INTS))
        .intoArray(words, to);
  }
}
