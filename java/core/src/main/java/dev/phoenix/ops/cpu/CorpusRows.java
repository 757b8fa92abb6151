package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Dot products of one user vector with consecutive corpus rows in off-heap memory. A score depends
 * on the user and the row alone: every row is summed in the same order, whatever its index.
 */
final class CorpusRows {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private CorpusRows() {}

  /** A user's vector, padded for the scan. */
  static final class User {
    private final int columns;
    private final float[] values;

    /** The vector {@code all[at .. at + columns)}. */
    User(float[] all, int at, int columns) {
      this.columns = columns;
      values = new float[Lanes.padded(columns)];
      System.arraycopy(all, at, values, 0, columns);
    }

    /** The vector, padded with zeros. */
    float[] values() {
      return values;
    }

    /** The length of the vector. */
    double norm() {
      double square = 0;
      for (float value : values) {
        square += (double) value * value;
      }
      return Math.sqrt(square);
    }
  }

  /**
   * scores[i] = user · row {@code from + i} for float32 rows, dense. It reads four distant rows at
   * a time, which are four streams to the hardware prefetcher; a single stream leaves a third of
   * the memory bandwidth unused.
   */
  static void scores(float[] scores, User user, MemorySegment rows, int from, int count) {
    long rowBytes = (long) user.columns * Float.BYTES;
    int stream = count / 4;
    for (int i = 0; i < stream; i++) {
      scoreFour(scores, i, stream, user, rows, (from + i) * rowBytes);
    }
    for (int i = 4 * stream; i < count; i++) {
      long row = (from + i) * rowBytes;
      FloatVector sum = FloatVector.zero(FLOATS);
      int whole = user.columns & -WIDTH;
      for (int d = 0; d < whole; d += WIDTH) {
        sum = element(user.values, d).fma(floats(rows, row + (long) d * Float.BYTES), sum);
      }
      scores[i] = Rows.sum(addTail(sum, user, rows, row));
    }
  }

  private static void scoreFour(
      float[] scores, int i, int stream, User user, MemorySegment rows, long row) {
    float[] values = user.values;
    long rowBytes = (long) user.columns * Float.BYTES;
    long step = stream * rowBytes;
    // With slices of known length, C2 checks bounds once per row instead of once per load.
    MemorySegment first = rows.asSlice(row, rowBytes);
    MemorySegment second = rows.asSlice(row + step, rowBytes);
    MemorySegment third = rows.asSlice(row + 2 * step, rowBytes);
    MemorySegment fourth = rows.asSlice(row + 3 * step, rowBytes);
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int whole = user.columns & -WIDTH;
    for (int k = 0; k < whole; k += WIDTH) {
      FloatVector x = element(values, k);
      long at = (long) k * Float.BYTES;
      a = x.fma(floats(first, at), a);
      b = x.fma(floats(second, at), b);
      c = x.fma(floats(third, at), c);
      d = x.fma(floats(fourth, at), d);
    }
    if (whole < user.columns) {
      a = addTail(a, user, rows, row);
      b = addTail(b, user, rows, row + step);
      c = addTail(c, user, rows, row + 2 * step);
      d = addTail(d, user, rows, row + 3 * step);
    }
    scores[i] = Rows.sum(a);
    scores[i + stream] = Rows.sum(b);
    scores[i + 2 * stream] = Rows.sum(c);
    scores[i + 3 * stream] = Rows.sum(d);
  }

  /** Adds the products of the last columns of a row, fewer than a vector holds. */
  private static FloatVector addTail(FloatVector sum, User user, MemorySegment rows, long row) {
    int whole = user.columns & -WIDTH;
    if (whole == user.columns) {
      return sum;
    }
    return element(user.values, whole).fma(load(rows, row, whole, user.columns), sum);
  }

  private static FloatVector element(float[] user, int at) {
    return FloatVector.fromArray(FLOATS, user, at);
  }

  private static FloatVector floats(MemorySegment rows, long at) {
    return FloatVector.fromMemorySegment(FLOATS, rows, at, ORDER);
  }

  /** Loads up to a vector of a row's elements from {@code d} on, zeros past the end. */
  static FloatVector load(MemorySegment rows, long row, int d, int columns) {
    VectorMask<Float> inside = FLOATS.indexInRange(d, columns);
    long at = row + (long) d * Float.BYTES;
    return FloatVector.fromMemorySegment(FLOATS, rows, at, ORDER, inside);
  }
}
