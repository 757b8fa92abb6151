package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/** Loops over one row, or a run of values whose length is a multiple of the vector width. */
final class Rows {
  private static final VectorShuffle<Float>[] HALVES = halves();

  private Rows() {}

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static VectorShuffle<Float>[] halves() {
    VectorShuffle[] shuffles = new VectorShuffle[Integer.numberOfTrailingZeros(WIDTH)];
    for (int i = 0; i < shuffles.length; i++) {
      int distance = WIDTH >> (i + 1);
      shuffles[i] = VectorShuffle.fromOp(FLOATS, lane -> (lane + distance) % WIDTH);
    }
    return shuffles;
  }

  /**
   * The sum of a vector's lanes as a tree of halves. The order is fixed here because {@code
   * reduceLanes} leaves it open, and interpreted and compiled code may choose differently.
   */
  static float sum(FloatVector x) {
    FloatVector folded = x;
    for (VectorShuffle<Float> half : HALVES) {
      folded = folded.add(folded.rearrange(half));
    }
    return folded.lane(0);
  }

  /** The sum of squares of {@code length} values. */
  static float sumOfSquares(float[] x, int at, int length) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = 0; i < length; i += WIDTH) {
      FloatVector value = FloatVector.fromArray(FLOATS, x, at + i);
      sum = value.fma(value, sum);
    }
    return sum(sum);
  }

  /** Rounds {@code length} values to bfloat16 in place. */
  static void roundToBfloat16(float[] x, int at, int length) {
    for (int i = 0; i < length; i += WIDTH) {
      Lanes.toBfloat16(FloatVector.fromArray(FLOATS, x, at + i)).intoArray(x, at + i);
    }
  }
}
