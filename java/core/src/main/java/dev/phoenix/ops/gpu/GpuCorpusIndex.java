package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.ElementType;
import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.Precision;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A corpus in device memory, in float32 or bfloat16, with its float32 rows on the host. A bfloat16
 * corpus has a bound on the rounding error of a score.
 */
final class GpuCorpusIndex implements CorpusIndex, Scope.Resource {
  private static final int CHUNK_ROWS = 4096;

  private final Engine engine;
  private final Shape shape;
  private final MemorySegment floats;
  private final ElementType type;
  private double largestError;
  private double largestNorm;
  private @Nullable DeviceBuffer buffer;

  private GpuCorpusIndex(Engine engine, Shape shape, MemorySegment floats, ElementType type) {
    this.engine = engine;
    this.shape = shape;
    this.floats = floats;
    this.type = type;
    this.buffer = engine.allocate((long) shape.rows() * shape.columns() * type.byteSize());
  }

  static GpuCorpusIndex create(
      Engine engine, Scope scope, MemorySegment floats, Shape shape, Precision held) {
    long expected = (long) shape.rows() * shape.columns() * Float.BYTES;
    if (floats.byteSize() != expected) {
      throw new IllegalArgumentException(
          "a corpus %s takes %d bytes, found %d".formatted(shape, expected, floats.byteSize()));
    }
    ElementType type = held == Precision.BFLOAT16 ? ElementType.BF16 : ElementType.F32;
    GpuCorpusIndex index = scope.own(new GpuCorpusIndex(engine, shape, floats, type));
    index.reread(0, shape.rows());
    return index;
  }

  /** Copies the rows [from, from + count) of the host's memory to the device. */
  void reread(int from, int count) {
    Objects.checkFromIndexSize(from, count, shape.rows());
    long rowBytes = (long) shape.columns() * Float.BYTES;
    if (type == ElementType.BF16) {
      uploadRounded(from, from + count);
    } else if (count * rowBytes > 0) {
      engine.upload(
          memory().slice(from * rowBytes, count * rowBytes),
          floats.asSlice(from * rowBytes, count * rowBytes));
    }
  }

  static GpuCorpusIndex of(CorpusIndex index) {
    if (index instanceof GpuCorpusIndex gpu) {
      return gpu;
    }
    throw new IllegalArgumentException("a corpus of " + index.shape() + " is not in device memory");
  }

  private void uploadRounded(int first, int end) {
    int columns = shape.columns();
    for (int from = first; from < end; from += CHUNK_ROWS) {
      int rows = Math.min(CHUNK_ROWS, end - from);
      short[] bits = new short[rows * columns];
      for (int row = 0; row < rows; row++) {
        roundRow(bits, row, from + row);
      }
      long rowBytes = (long) columns * Short.BYTES;
      engine.upload(memory().slice(from * rowBytes, rows * rowBytes), MemorySegment.ofArray(bits));
    }
  }

  private void roundRow(short[] bits, int to, int row) {
    double error = 0;
    double square = 0;
    for (int d = 0; d < shape.columns(); d++) {
      float value = at(row, d);
      short rounded = Bfloat16.bits(value);
      bits[to * shape.columns() + d] = rounded;
      double difference = value - Float.intBitsToFloat(rounded << 16);
      error += difference * difference;
      square += (double) value * value;
    }
    // Math.max propagates NaN; a NaN bound then fails every comparison.
    largestError = Math.max(largestError, Math.sqrt(error));
    largestNorm = Math.max(largestNorm, Math.sqrt(square));
  }

  private float at(int row, int column) {
    return floats.getAtIndex(
        ValueLayout.JAVA_FLOAT_UNALIGNED, (long) row * shape.columns() + column);
  }

  /**
   * The exact score of an entry for the user at {@code users[from..]}, summed in double and rounded
   * once.
   */
  float score(float[] users, int from, int row) {
    double sum = 0;
    for (int d = 0; d < shape.columns(); d++) {
      sum += (double) users[from + d] * at(row, d);
    }
    return (float) sum + 0f; // -0 becomes +0: zeros tie
  }

  /**
   * A bound on the error of a score from the device: Cauchy-Schwarz for the rounding of the rows, n
   * roundings for the float32 sum, and subnormal products.
   */
  double slack(float[] users, int from) {
    int columns = shape.columns();
    double square = 0;
    for (int d = 0; d < columns; d++) {
      square += (double) users[from + d] * users[from + d];
    }
    double summation = (columns + 2) * Math.ulp(1f) * largestNorm;
    double relative = Math.sqrt(square) * (largestError + summation);
    return 2 * (relative + (columns + 8.0) * Float.MIN_NORMAL);
  }

  DeviceBuffer memory() {
    DeviceBuffer memory = buffer;
    if (memory == null) {
      throw new IllegalStateException("a corpus index of " + shape + " is closed");
    }
    return memory;
  }

  ElementType type() {
    return type;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public Precision held() {
    return type == ElementType.BF16 ? Precision.BFLOAT16 : Precision.FLOAT32;
  }

  @Override
  public long bytes() {
    DeviceBuffer memory = buffer;
    return memory == null ? 0 : memory.byteSize();
  }

  @Override
  public void release() {
    DeviceBuffer memory = buffer;
    buffer = null;
    if (memory != null) {
      engine.free(memory);
    }
  }
}
