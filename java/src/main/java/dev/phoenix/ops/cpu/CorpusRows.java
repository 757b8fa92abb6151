package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Dot products of one user vector with corpus rows in off-heap memory. */
final class CorpusRows {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final IntVector HIGH_HALF = IntVector.broadcast(Lanes.INTS, 0xFFFF0000);

  private CorpusRows() {}

  /**
   * user · row, float32. Two accumulators over pairs of vectors, in an order that depends on the
   * length alone.
   *
   * @param user [columns] at {@code userAt}
   * @param at byte offset of the row
   */
  static float dot(float[] user, int userAt, MemorySegment rows, long at, int columns) {
    FloatVector even = FloatVector.zero(FLOATS);
    FloatVector odd = even;
    int d = 0;
    for (; d + 2 * WIDTH <= columns; d += 2 * WIDTH) {
      long offset = at + (long) d * Float.BYTES;
      FloatVector first = FloatVector.fromMemorySegment(FLOATS, rows, offset, ORDER);
      FloatVector second =
          FloatVector.fromMemorySegment(FLOATS, rows, offset + WIDTH * Float.BYTES, ORDER);
      even = FloatVector.fromArray(FLOATS, user, userAt + d).fma(first, even);
      odd = FloatVector.fromArray(FLOATS, user, userAt + d + WIDTH).fma(second, odd);
    }
    float sum = Rows.sum(even.add(odd));
    for (; d < columns; d++) {
      sum = Math.fma(user[userAt + d], value(rows, at, d), sum);
    }
    return sum;
  }

  private static float value(MemorySegment rows, long at, int d) {
    return rows.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + (long) d * Float.BYTES);
  }

  /**
   * user · row for a row of bfloat16 pairs: the low halves of the ints are the even elements.
   *
   * @param evens the user's even elements [columns / 2]; {@code odds} likewise
   * @param columns a multiple of 2 * WIDTH
   */
  static float dotBfloat16(float[] evens, float[] odds, MemorySegment rows, long at, int columns) {
    FloatVector even = FloatVector.zero(FLOATS);
    FloatVector odd = even;
    for (int i = 0; i < columns / 2; i += WIDTH) {
      IntVector pairs =
          IntVector.fromMemorySegment(Lanes.INTS, rows, at + (long) i * Integer.BYTES, ORDER);
      FloatVector low = pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector high = pairs.and(HIGH_HALF).reinterpretAsFloats();
      even = FloatVector.fromArray(FLOATS, evens, i).fma(low, even);
      odd = FloatVector.fromArray(FLOATS, odds, i).fma(high, odd);
    }
    return Rows.sum(even.add(odd));
  }

  /** Loads up to a vector of a row's elements from {@code d} on, zeros past the end. */
  static FloatVector load(MemorySegment rows, long at, int d, int columns) {
    VectorMask<Float> inside = FLOATS.indexInRange(d, columns);
    return FloatVector.fromMemorySegment(FLOATS, rows, at + (long) d * Float.BYTES, ORDER, inside);
  }
}
