package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.ParameterTable;
import dev.phoenix.ops.Trainable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A parameter in training: float32 values, gradient and moments, and a bfloat16 copy once a product
 * of bfloat16 rows has read it. The backward pass of a product has the precision of its forward
 * pass.
 */
final class GpuTrainable implements Trainable, Scope.Resource {
  private static final int NEVER = -1;

  private final Engine engine;
  private final Scratch scratch;
  private final GpuTensor value;
  private final GpuTensor gradient;
  private final GpuTensor first;
  private final GpuTensor second;
  private ElementType lastRead = ElementType.F32;
  private @Nullable DeviceBuffer copy;
  private int copiedAt = NEVER;

  private GpuTrainable(GpuOps.Parts parts, Scope scope, String name, Shape capacity, Kind kind) {
    this.engine = parts.engine();
    this.scratch = parts.scratch();
    Shape moments = kind == Kind.ROWS ? new Shape(0, capacity.columns()) : capacity;
    this.value = floats(scope, name, capacity);
    this.gradient = floats(scope, name + " gradient", capacity);
    this.first = floats(scope, name + " mean", moments);
    this.second = floats(scope, name + " mean square", moments);
  }

  /** The kind of a parameter. */
  enum Kind {
    /** A matrix or a scale. */
    MOVED,
    /** A matrix whose rows in use vary by batch and that no optimiser updates. */
    ROWS
  }

  private GpuTensor floats(Scope scope, String name, Shape capacity) {
    return GpuTensor.create(engine, scope, ElementType.F32, name, capacity);
  }

  static GpuTrainable create(
      GpuOps.Parts parts, Scope scope, String name, Shape capacity, Kind kind) {
    return scope.own(new GpuTrainable(parts, scope, name, capacity, kind));
  }

  static GpuTrainable of(Trainable parameter) {
    if (parameter instanceof GpuTrainable gpu) {
      return gpu;
    }
    throw new IllegalArgumentException(parameter.shape() + " is not a parameter in device memory");
  }

  /**
   * The operand of a product with rows of {@code type}; the type is remembered for {@link
   * #lastRead}.
   */
  MatrixOperand read(ElementType type) {
    lastRead = type;
    return lastRead();
  }

  /** The operand in the type of the last {@link #read}, for the backward pass of that product. */
  MatrixOperand lastRead() {
    if (lastRead == ElementType.F32) {
      return new MatrixOperand(shape(), lastRead, value.memory());
    }
    DeviceBuffer memory = copy;
    if (memory == null) {
      memory = engine.allocate(value.memory().byteSize() / 2);
      copy = memory;
      round(memory);
    }
    return new MatrixOperand(shape(), lastRead, memory);
  }

  private void round(DeviceMemory to) {
    scratch.convert(to, ElementType.BF16, value.memory(), value.elements());
  }

  /** Updates the bfloat16 copy, unless the optimiser has just done so. */
  void refresh() {
    DeviceBuffer memory = copy;
    if (memory != null && copiedAt != value.writes()) {
      round(memory);
    }
    copiedAt = NEVER;
  }

  /** Records that the optimiser has updated the copy to the current values. */
  void copied() {
    copiedAt = value.writes();
  }

  /** The entry of this parameter in the argument of the optimiser kernel. */
  ParameterTable.Entry entry() {
    DeviceBuffer memory = copy;
    return new ParameterTable.Entry(
        value.memory(),
        first.memory(),
        second.memory(),
        gradient.memory(),
        shape().elements(),
        memory == null
            ? null
            : new ParameterTable.Copy(memory, ElementType.BF16, value.columns(), value.columns()));
  }

  @Override
  public GpuTensor value() {
    return value;
  }

  @Override
  public GpuTensor gradient() {
    return gradient;
  }

  @Override
  public GpuTensor firstMoment() {
    return first;
  }

  @Override
  public GpuTensor secondMoment() {
    return second;
  }

  @Override
  public Shape shape() {
    return value.shape();
  }

  /** Bytes of the copy; the tensors report their own. */
  @Override
  public long bytes() {
    DeviceBuffer memory = copy;
    return memory == null ? 0 : memory.byteSize();
  }

  @Override
  public void release() {
    DeviceBuffer memory = copy;
    copy = null;
    if (memory != null) {
      engine.free(memory);
    }
  }
}
