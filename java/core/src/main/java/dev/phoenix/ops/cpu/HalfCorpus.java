package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.INTS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A bfloat16 copy of a corpus in groups of as many rows as a vector has lanes. The layout is
 * [group][pair of columns][row of the group]; an int holds a pair with the even column in its low
 * half. Every lane sums the score of one row, so that no sum crosses lanes and the scan is bound by
 * memory bandwidth.
 */
final class HalfCorpus implements AutoCloseable {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final IntVector HIGH_HALF = IntVector.broadcast(INTS, 0xFFFF0000);
  private static final long VECTOR_BYTES = INTS.vectorByteSize();
  private static final int STREAMS = 4;

  /** Groups that one part of the construction converts. */
  private static final int BUILD_GROUPS = 128;

  private final Shape shape;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment pairs;
  private double largestError;
  private double largestNorm;

  private HalfCorpus(Shape shape) {
    this.shape = shape;
    this.pairs = arena.allocate(groups(shape.rows()) * groupBytes(), VECTOR_BYTES);
  }

  /** Copies the dense rows of {@code floats} [N, D], rounded. */
  static HalfCorpus create(Shape shape, MemorySegment floats, Team team) {
    HalfCorpus corpus = new HalfCorpus(shape);
    double[] errors = new double[team.size()];
    double[] norms = new double[team.size()];
    int parts = (groups(shape.rows()) + BUILD_GROUPS - 1) / BUILD_GROUPS;
    team.run(
        (part, member) -> {
          int end = Math.min(shape.rows(), (part + 1) * BUILD_GROUPS * WIDTH);
          for (int row = part * BUILD_GROUPS * WIDTH; row < end; row++) {
            double[] squares = corpus.round(floats, row);
            errors[member] = Math.max(errors[member], Math.sqrt(squares[0]));
            norms[member] = Math.max(norms[member], Math.sqrt(squares[1]));
          }
        },
        parts);
    for (int member = 0; member < team.size(); member++) {
      corpus.largestError = Math.max(corpus.largestError, errors[member]);
      corpus.largestNorm = Math.max(corpus.largestNorm, norms[member]);
    }
    return corpus;
  }

  /**
   * Updates rows that have changed. The error bounds never decrease, so they also cover the old
   * rows.
   */
  void reread(MemorySegment floats, int from, int count) {
    for (int row = from; row < from + count; row++) {
      double[] squares = round(floats, row);
      largestError = Math.max(largestError, Math.sqrt(squares[0]));
      largestNorm = Math.max(largestNorm, Math.sqrt(squares[1]));
    }
  }

  private static int groups(int rows) {
    return (rows + WIDTH - 1) / WIDTH;
  }

  private int columnPairs() {
    return (shape.columns() + 1) / 2;
  }

  private long groupBytes() {
    return columnPairs() * VECTOR_BYTES;
  }

  /**
   * Rounds one row into its lane and returns the squared lengths of the rounding error and of the
   * row. They are in double, because float32 squares of small values underflow to zero and so would
   * the bound.
   */
  private double[] round(MemorySegment floats, int row) {
    double errors = 0;
    double squares = 0;
    long from = (long) row * shape.columns() * Float.BYTES;
    long to = row / WIDTH * groupBytes() + (long) (row % WIDTH) * Integer.BYTES;
    for (int d = 0; d < shape.columns(); d++) {
      float exact = floats.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + (long) d * Float.BYTES);
      short half = half(exact);
      long at = to + d / 2 * VECTOR_BYTES + (long) (d % 2) * Short.BYTES;
      pairs.set(ValueLayout.JAVA_SHORT, at, half);
      double error = (double) exact - Float.intBitsToFloat(half << 16);
      errors += error * error;
      squares += (double) exact * exact;
    }
    return new double[] {errors, squares};
  }

  /** The nearest bfloat16, ties to even; NaN stays NaN. */
  private static short half(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }

  /** The largest |row - rounded row|. */
  double largestError() {
    return largestError;
  }

  /** The largest |row|. */
  double largestNorm() {
    return largestNorm;
  }

  long bytes() {
    return pairs.byteSize();
  }

  /**
   * scores[i] = user · rounded row {@code from + i}, for {@code from} a multiple of the group size;
   * {@code scores} must have space for whole groups.
   */
  void scores(float[] scores, CorpusRows.User user, int from, int count) {
    int groups = groups(count);
    int stream = groups / STREAMS;
    long first = from / WIDTH * groupBytes();
    for (int i = 0; i < stream; i++) {
      scoreFour(scores, i, stream, user.values(), first);
    }
    for (int i = STREAMS * stream; i < groups; i++) {
      scoreOne(scores, i, user.values(), first);
    }
  }

  /** Reads four distant groups at a time, which are four streams to the hardware prefetcher. */
  private void scoreFour(float[] scores, int i, int stream, float[] user, long first) {
    long step = stream * groupBytes();
    long at = first + i * groupBytes();
    MemorySegment groupA = pairs.asSlice(at, groupBytes());
    MemorySegment groupB = pairs.asSlice(at + step, groupBytes());
    MemorySegment groupC = pairs.asSlice(at + 2 * step, groupBytes());
    MemorySegment groupD = pairs.asSlice(at + 3 * step, groupBytes());
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int count = columnPairs();
    for (int pair = 0; pair < count; pair++) {
      FloatVector even = FloatVector.broadcast(FLOATS, user[2 * pair]);
      FloatVector odd = FloatVector.broadcast(FLOATS, user[2 * pair + 1]);
      long offset = pair * VECTOR_BYTES;
      a = add(a, even, odd, groupA, offset);
      b = add(b, even, odd, groupB, offset);
      c = add(c, even, odd, groupC, offset);
      d = add(d, even, odd, groupD, offset);
    }
    a.intoArray(scores, i * WIDTH);
    b.intoArray(scores, (i + stream) * WIDTH);
    c.intoArray(scores, (i + 2 * stream) * WIDTH);
    d.intoArray(scores, (i + 3 * stream) * WIDTH);
  }

  private void scoreOne(float[] scores, int i, float[] user, long first) {
    FloatVector sum = FloatVector.zero(FLOATS);
    long at = first + i * groupBytes();
    for (int pair = 0; pair < columnPairs(); pair++) {
      FloatVector even = FloatVector.broadcast(FLOATS, user[2 * pair]);
      FloatVector odd = FloatVector.broadcast(FLOATS, user[2 * pair + 1]);
      sum = add(sum, even, odd, pairs, at + pair * VECTOR_BYTES);
    }
    sum.intoArray(scores, i * WIDTH);
  }

  private static FloatVector add(
      FloatVector sum, FloatVector even, FloatVector odd, MemorySegment group, long at) {
    IntVector both = IntVector.fromMemorySegment(INTS, group, at, ORDER);
    FloatVector low = both.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    FloatVector high = both.and(HIGH_HALF).reinterpretAsFloats();
    return odd.fma(high, even.fma(low, sum));
  }

  @Override
  public void close() {
    arena.close();
  }
}
