package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.RowwiseAdagradKernel;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.TrainableTable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** An embedding table and its accumulators in device memory, float32. */
final class GpuTable implements TrainableTable, Scope.Resource {
  private final Engine engine;
  private final Shape shape;
  private final Closer memory;
  private @Nullable DeviceBuffer values;
  private @Nullable DeviceBuffer accumulators;

  private GpuTable(Closer memory, Engine engine, Shape shape) {
    this.memory = memory;
    this.engine = engine;
    this.shape = shape;
    this.values = engine.allocate(memory, (long) shape.rows() * shape.columns() * Float.BYTES);
    this.accumulators = engine.allocate(memory, (long) shape.rows() * Float.BYTES);
  }

  static GpuTable create(Engine engine, Scope scope, Shape shape) {
    return scope.own(Closer.open(memory -> new GpuTable(memory, engine, shape)));
  }

  static GpuTable of(TrainableTable table) {
    if (table instanceof GpuTable gpu) {
      return gpu;
    }
    throw new IllegalArgumentException(
        "a table of " + table.rows() + " rows is not in device memory");
  }

  private static DeviceBuffer open(@Nullable DeviceBuffer part) {
    if (part == null) {
      throw new IllegalStateException("the table is closed");
    }
    return part;
  }

  /** The rows [rows, D]. */
  DeviceBuffer values() {
    return open(values);
  }

  MatrixSize size() {
    return new MatrixSize(shape.rows(), shape.columns());
  }

  /** The table as the argument of the optimiser kernel. */
  RowwiseAdagradKernel.Table trained() {
    return new RowwiseAdagradKernel.Table(values(), open(accumulators), size());
  }

  @Override
  public int rows() {
    return shape.rows();
  }

  @Override
  public int columns() {
    return shape.columns();
  }

  @Override
  public void copyRows(int from, int count, float[] to) {
    read(values(), (long) from * columns(), count * columns(), to);
  }

  @Override
  public void setRows(int from, int count, float[] newValues) {
    write(values(), (long) from * columns(), count * columns(), newValues);
  }

  @Override
  public void copyAccumulators(int from, int count, float[] to) {
    read(open(accumulators), from, count, to);
  }

  @Override
  public void setAccumulators(int from, int count, float[] newValues) {
    write(open(accumulators), from, count, newValues);
  }

  private static DeviceMemory part(DeviceBuffer memory, long from, int count) {
    return memory.slice(from * Float.BYTES, (long) count * Float.BYTES);
  }

  private void read(DeviceBuffer memory, long from, int count, float[] to) {
    if (count > 0) {
      MemorySegment read = engine.read(part(memory, from, count));
      MemorySegment.copy(read, ValueLayout.JAVA_FLOAT, 0, to, 0, count);
    }
  }

  private void write(DeviceBuffer memory, long from, int count, float[] newValues) {
    if (count > 0) {
      engine.run();
      engine.upload(
          part(memory, from, count),
          MemorySegment.ofArray(newValues).asSlice(0, (long) count * Float.BYTES));
    }
  }

  @Override
  public long bytes() {
    DeviceBuffer rows = values;
    return rows == null ? 0 : rows.byteSize() + open(accumulators).byteSize();
  }

  @Override
  public void release() {
    values = null;
    accumulators = null;
    memory.close();
  }
}
