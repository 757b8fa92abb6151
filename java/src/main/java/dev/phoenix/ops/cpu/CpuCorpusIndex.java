package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.WIDTH;

import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.Precision;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * A corpus to scan: the float32 rows where they are mapped and, if asked for, a bfloat16 copy of
 * half the bytes with a bound on what the rounding can change in a score.
 */
final class CpuCorpusIndex implements CorpusIndex, Scope.Resource {
  private final Shape shape;
  private final MemorySegment floats;
  private final @Nullable Halves halves;

  /**
   * The bfloat16 copy.
   *
   * @param rows [N, columns], columns padded with zeros
   * @param largestError the largest |row - rounded row|
   * @param largestNorm the largest |row|
   */
  record Halves(
      Arena arena, MemorySegment rows, int columns, double largestError, double largestNorm) {
    long rowBytes() {
      return (long) columns * Short.BYTES;
    }
  }

  private CpuCorpusIndex(Shape shape, MemorySegment floats, @Nullable Halves halves) {
    this.shape = shape;
    this.floats = floats;
    this.halves = halves;
  }

  static CpuCorpusIndex create(
      Scope scope, MemorySegment floats, Shape shape, Precision held, Team team) {
    long expected = (long) shape.rows() * shape.columns() * Float.BYTES;
    if (floats.byteSize() != expected) {
      throw new IllegalArgumentException(
          "a corpus %s takes %d bytes, found %d".formatted(shape, expected, floats.byteSize()));
    }
    Halves halves = held == Precision.BFLOAT16 ? round(shape, floats, team) : null;
    return scope.own(new CpuCorpusIndex(shape, floats, halves));
  }

  static CpuCorpusIndex of(CorpusIndex index) {
    if (index instanceof CpuCorpusIndex cpu) {
      return cpu;
    }
    throw new IllegalArgumentException("a corpus of " + index.shape() + " is not a CPU index");
  }

  private static Halves round(Shape shape, MemorySegment floats, Team team) {
    int columns = CorpusRows.paddedHalves(shape.columns());
    Arena arena = Arena.ofShared();
    MemorySegment rows =
        arena.allocate((long) shape.rows() * columns * Short.BYTES, Long.BYTES * 8);
    double[] errors = new double[team.size()];
    double[] norms = new double[team.size()];
    int blocks = (shape.rows() + ROUND_BLOCK - 1) / ROUND_BLOCK;
    team.run(
        (block, member) -> {
          int end = Math.min(shape.rows(), (block + 1) * ROUND_BLOCK);
          for (int row = block * ROUND_BLOCK; row < end; row++) {
            long from = (long) row * shape.columns() * Float.BYTES;
            long to = (long) row * columns * Short.BYTES;
            double[] squares = roundRow(floats, from, shape.columns(), rows, to);
            errors[member] = Math.max(errors[member], Math.sqrt(squares[0]));
            norms[member] = Math.max(norms[member], Math.sqrt(squares[1]));
          }
        },
        blocks);
    double error = 0;
    double norm = 0;
    for (int member = 0; member < team.size(); member++) {
      error = Math.max(error, errors[member]);
      norm = Math.max(norm, norms[member]);
    }
    return new Halves(arena, rows, columns, error, norm);
  }

  private static final int ROUND_BLOCK = 4096;

  /**
   * Rounds one row; returns the squares of the error's and of the row's length, in double: in
   * float32 the squares of small values are zero, and the bound would be too.
   */
  private static double[] roundRow(
      MemorySegment floats, long from, int columns, MemorySegment rows, long to) {
    float[] exact = new float[WIDTH];
    float[] rounded = new float[WIDTH];
    double errors = 0;
    double squares = 0;
    for (int d = 0; d < columns; d += WIDTH) {
      FloatVector values = CorpusRows.load(floats, from, d, columns);
      values.intoArray(exact, 0);
      Lanes.toBfloat16(values).intoArray(rounded, 0);
      for (int lane = 0; lane < WIDTH && d + lane < columns; lane++) {
        short bits = (short) (Float.floatToRawIntBits(rounded[lane]) >>> 16);
        rows.set(ValueLayout.JAVA_SHORT, to + (long) (d + lane) * Short.BYTES, bits);
        double error = (double) exact[lane] - rounded[lane];
        errors += error * error;
        squares += (double) exact[lane] * exact[lane];
      }
    }
    return new double[] {errors, squares};
  }

  /** The float32 rows, dense. */
  MemorySegment floats() {
    return floats;
  }

  /** The bfloat16 copy; null where the corpus is scanned as float32. */
  @Nullable Halves halves() {
    return halves;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public Precision held() {
    return halves == null ? Precision.FLOAT32 : Precision.BFLOAT16;
  }

  @Override
  public long bytes() {
    return halves == null ? 0 : halves.rows().byteSize();
  }

  @Override
  public void release() {
    if (halves != null) {
      halves.arena().close();
    }
  }
}
