package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A dense matrix in device memory, with memory for the number of rows that {@link RowBuckets}
 * rounds up to. Rows after those in use are initialised but meaningless.
 */
final class GpuTensor extends Tensor implements Scope.Resource {
  private final Engine engine;
  private final ElementType type;
  private final boolean view;
  private @Nullable DeviceBuffer buffer;
  private int writes;

  private GpuTensor(Engine engine, ElementType type, String name, Shape capacity) {
    super(name, capacity);
    this.engine = engine;
    this.type = type;
    this.view = false;
    this.buffer = engine.allocate(byteSize(RowBuckets.rows(capacity.rows())));
  }

  private GpuTensor(GpuTensor storage, Shape shape) {
    super(storage.name(), shape);
    this.engine = storage.engine;
    this.type = storage.type;
    this.view = true;
    this.buffer = storage.memory();
    if (byteSize(paddedRows()) > storage.memory().byteSize()) {
      throw new IllegalArgumentException(
          "%s has no room for %s and its padding".formatted(storage, shape));
    }
  }

  /**
   * Creates a tensor of another shape over the memory of this one, which still owns it. The rows of
   * the new tensor are rounded up to the next multiple of 16 only.
   */
  GpuTensor shaped(Shape shape) {
    return new GpuTensor(this, shape);
  }

  /** The number of times that the host has written the values. */
  int writes() {
    return writes;
  }

  static GpuTensor create(
      Engine engine, Scope scope, ElementType type, String name, Shape capacity) {
    return scope.own(new GpuTensor(engine, type, name, capacity));
  }

  /** Casts {@code tensor}, or throws if it is of another backend. */
  static GpuTensor of(Tensor tensor) {
    if (tensor instanceof GpuTensor gpu) {
      return gpu;
    }
    throw new IllegalArgumentException(tensor + " is not in device memory");
  }

  private long byteSize(int rowCount) {
    return (long) rowCount * columns() * type.byteSize();
  }

  ElementType type() {
    return type;
  }

  /** The whole memory of the tensor. */
  DeviceBuffer memory() {
    DeviceBuffer memory = buffer;
    if (memory == null) {
      throw new IllegalStateException(this + " is closed");
    }
    return memory;
  }

  /** The rows in use, rounded up to the rows that kernels compute. */
  int paddedRows() {
    int step = RowBuckets.SMALLEST;
    return view ? Math.ceilDiv(rows(), step) * step : RowBuckets.rows(rows());
  }

  /** The rows in use, rounded up, and the columns. */
  MatrixSize size() {
    return new MatrixSize(paddedRows(), columns());
  }

  /** Elements of {@link #size}. */
  int elements() {
    return Math.multiplyExact(paddedRows(), columns());
  }

  /** The memory of {@link #size}. */
  DeviceMemory used() {
    return memory().slice(0, byteSize(paddedRows()));
  }

  @Override
  public void copyFrom(float[] from, int at) {
    writes++;
    int count = rows() * columns();
    if (elements() == 0) {
      return;
    }
    Staging.Slot slot = engine.stage(byteSize(paddedRows()));
    if (type == ElementType.F32) {
      MemorySegment.copy(from, at, slot.host(), ValueLayout.JAVA_FLOAT, 0, count);
    } else {
      Bfloat16.narrow(slot.host(), from, at, count);
    }
    slot.host().asSlice(byteSize(rows())).fill((byte) 0);
    engine.recorder().copy(used(), slot.device());
  }

  @Override
  public void copyTo(float[] to, int at) {
    int count = rows() * columns();
    if (count == 0) {
      return;
    }
    MemorySegment values = engine.read(memory().slice(0, byteSize(rows())));
    if (type == ElementType.F32) {
      MemorySegment.copy(values, ValueLayout.JAVA_FLOAT, 0, to, at, count);
    } else {
      Bfloat16.widen(to, at, values, count);
    }
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
