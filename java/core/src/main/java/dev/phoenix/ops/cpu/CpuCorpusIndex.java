package dev.phoenix.ops.cpu;

import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.Precision;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A corpus to scan: the float32 rows, read in place, and optionally a bfloat16 copy of half the
 * size with a bound on the rounding error of a score.
 */
final class CpuCorpusIndex implements CorpusIndex, Scope.Resource {
  private final Shape shape;
  private final MemorySegment floats;
  private final @Nullable HalfCorpus halves;

  private CpuCorpusIndex(Shape shape, MemorySegment floats, @Nullable HalfCorpus halves) {
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
    HalfCorpus halves = held == Precision.BFLOAT16 ? HalfCorpus.create(shape, floats, team) : null;
    return scope.own(new CpuCorpusIndex(shape, floats, halves));
  }

  static CpuCorpusIndex of(CorpusIndex index) {
    if (index instanceof CpuCorpusIndex cpu) {
      return cpu;
    }
    throw new IllegalArgumentException("a corpus of " + index.shape() + " is not a CPU index");
  }

  /**
   * Updates the bfloat16 copy of the rows [from, from + count); float32 rows are scanned in place.
   */
  void reread(int from, int count) {
    Objects.checkFromIndexSize(from, count, shape.rows());
    if (halves != null) {
      halves.reread(floats, from, count);
    }
  }

  /** The float32 rows, dense. */
  MemorySegment floats() {
    return floats;
  }

  /** The bfloat16 copy; null if the corpus is scanned in float32. */
  @Nullable HalfCorpus halves() {
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
    return halves == null ? 0 : halves.bytes();
  }

  @Override
  public void release() {
    if (halves != null) {
      halves.close();
    }
  }
}
