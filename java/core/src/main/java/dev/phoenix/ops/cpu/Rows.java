package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/** Loops over one row, or over values whose number is a multiple of the vector width. */
final class Rows {
  // Separate fields, because C2 constant-folds shuffles in static fields but not in an array.
  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private Rows() {}

  private static VectorShuffle<Float> rotation(int distance) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane + distance) % WIDTH);
  }

  /**
   * The sum of a vector's lanes, by adding halves. This fixes the order of summation; {@code
   * reduceLanes} leaves it unspecified, and interpreted and compiled code may differ.
   */
  static float sum(FloatVector x) {
    FloatVector folded = x;
    if (WIDTH > 8) {
      folded = folded.add(folded.rearrange(BY_8));
    }
    if (WIDTH > 4) {
      folded = folded.add(folded.rearrange(BY_4));
    }
    folded = folded.add(folded.rearrange(BY_2));
    return folded.add(folded.rearrange(BY_1)).lane(0);
  }

  /**
   * Like {@link #sum}, for a vector stored at {@code lanes[at..]}, which is overwritten. Used after
   * loops, where C2 would box a vector that is passed to {@link #sum}.
   */
  static float sumStored(float[] lanes, int at) {
    for (int half = WIDTH / 2; half > 0; half /= 2) {
      for (int i = at; i < at + half; i++) {
        lanes[i] += lanes[i + half];
      }
    }
    return lanes[at];
  }

  /**
   * The sum of squares of {@code length} values; the vector at {@code scratch[scratchAt..]} is
   * overwritten.
   */
  static float sumOfSquares(float[] x, int at, int length, float[] scratch, int scratchAt) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = 0; i < length; i += WIDTH) {
      FloatVector value = FloatVector.fromArray(FLOATS, x, at + i);
      sum = value.fma(value, sum);
    }
    sum.intoArray(scratch, scratchAt);
    return sumStored(scratch, scratchAt);
  }

  /** Rounds {@code length} values to bfloat16 in place. */
  static void roundToBfloat16(float[] x, int at, int length) {
    for (int i = 0; i < length; i += WIDTH) {
      Lanes.toBfloat16(FloatVector.fromArray(FLOATS, x, at + i)).intoArray(x, at + i);
    }
  }
}
