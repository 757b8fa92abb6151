package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.ElementType;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A matrix or scale of the model in device memory, dense and row-major. */
final class GpuMatrix implements Weight, Scope.Resource {
  private final Engine engine;
  private final Shape shape;
  private final ElementType type;
  private final Form form;
  private @Nullable DeviceBuffer buffer;

  /** The memory layout of the values. */
  enum Form {
    /** [in, out]. */
    PLAIN,
    /** [in, 2 out]: gate in the first half of a row, up in the second. */
    GATED
  }

  private GpuMatrix(Engine engine, Shape shape, ElementType type, Form form, float[] values) {
    this.engine = engine;
    this.shape = shape;
    this.type = type;
    this.form = form;
    this.buffer =
        Engine.filled(
            engine.allocate((long) values.length * type.byteSize()),
            memory -> {
              if (values.length > 0) {
                engine.upload(memory, segment(values, type));
              }
            });
  }

  /** Creates a matrix [in, out] or a scale [1, D]. */
  static GpuMatrix create(
      Engine engine, Scope scope, Shape shape, ElementType type, float[] values) {
    requireLength(shape, values);
    return scope.own(new GpuMatrix(engine, shape, type, Form.PLAIN, values));
  }

  /** Creates a bfloat16 matrix [in, 2F] of two matrices [in, F] side by side. */
  static GpuMatrix createGated(Engine engine, Scope scope, Shape shape, float[] gate, float[] up) {
    requireLength(shape, gate);
    requireLength(shape, up);
    int columns = shape.columns();
    float[] both = new float[2 * gate.length];
    for (int row = 0; row < shape.rows(); row++) {
      System.arraycopy(gate, row * columns, both, 2 * row * columns, columns);
      System.arraycopy(up, row * columns, both, (2 * row + 1) * columns, columns);
    }
    return scope.own(new GpuMatrix(engine, shape, ElementType.BF16, Form.GATED, both));
  }

  private static void requireLength(Shape shape, float[] values) {
    if (values.length != shape.elements()) {
      throw new IllegalArgumentException(
          "a matrix %s takes %d values, found %d"
              .formatted(shape, shape.elements(), values.length));
    }
  }

  private static MemorySegment segment(float[] values, ElementType type) {
    if (type == ElementType.F32) {
      return MemorySegment.ofArray(values);
    }
    short[] bits = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = Bfloat16.bits(values[i]);
    }
    return MemorySegment.ofArray(bits);
  }

  /** Casts {@code weight}, or throws if it is of another backend or form. */
  static GpuMatrix of(Weight weight, Form form) {
    if (weight instanceof GpuMatrix gpu && gpu.form == form) {
      return gpu;
    }
    throw new IllegalArgumentException(
        "a weight %s is not a %s matrix in device memory".formatted(weight.shape(), form));
  }

  /** The operand of a product of rows of type {@code read} with {@code weight}. */
  static MatrixOperand operand(Weight weight, ElementType read) {
    return weight instanceof GpuTrainable trained
        ? trained.read(read)
        : of(weight, Form.PLAIN).operand();
  }

  /** This matrix as the operand of a product. */
  MatrixOperand operand() {
    return new MatrixOperand(shape, type, memory());
  }

  /** The memory of a scale [D] after checking that it fits rows of {@code columns}. */
  static DeviceBuffer scale(Weight weight, int columns) {
    if (weight instanceof GpuTrainable trained) {
      new Shape(1, columns).require("a scale", trained.shape());
      return trained.value().memory();
    }
    GpuMatrix scale = of(weight, Form.PLAIN);
    if (scale.type != ElementType.F32 || !scale.shape.equals(new Shape(1, columns))) {
      throw new IllegalArgumentException(
          "rows of %d need a scale as long, found %s".formatted(columns, scale.shape));
    }
    return scale.memory();
  }

  ElementType type() {
    return type;
  }

  DeviceBuffer memory() {
    DeviceBuffer memory = buffer;
    if (memory == null) {
      throw new IllegalStateException("a weight " + shape + " is closed");
    }
    return memory;
  }

  @Override
  public Shape shape() {
    return shape;
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
