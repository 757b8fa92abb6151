package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.ops.LossSum;
import dev.phoenix.tensor.Scope;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** [loss, slope] float32 in device memory. Kernels add to it; the host reads it on demand. */
final class GpuLossSum implements LossSum, Scope.Resource {
  /** The size of both values in bytes. */
  static final long BYTES = 2 * Float.BYTES;

  private final Engine engine;
  private final RowGradientWork rows;
  private @Nullable DeviceBuffer buffer;

  private GpuLossSum(Engine engine, RowGradientWork rows) {
    this.engine = engine;
    this.rows = rows;
    this.buffer = engine.allocate(BYTES);
  }

  static GpuLossSum create(Engine engine, RowGradientWork rows, Scope scope) {
    return scope.own(new GpuLossSum(engine, rows));
  }

  static GpuLossSum of(LossSum sum) {
    if (sum instanceof GpuLossSum gpu) {
      return gpu;
    }
    throw new IllegalArgumentException("this sum of losses is not in device memory");
  }

  DeviceMemory memory() {
    DeviceBuffer memory = buffer;
    if (memory == null) {
      throw new IllegalStateException("the sum of losses is closed");
    }
    return memory;
  }

  /** The memory of the slope alone. */
  DeviceMemory slopeMemory() {
    return memory().slice(Float.BYTES, Float.BYTES);
  }

  @Override
  public void clear() {
    rows.zero(memory(), new MatrixSize(1, 2));
  }

  @Override
  public double loss() {
    return engine.read(memory()).get(ValueLayout.JAVA_FLOAT, 0);
  }

  @Override
  public double slope() {
    return engine.read(memory()).get(ValueLayout.JAVA_FLOAT, Float.BYTES);
  }

  @Override
  public long bytes() {
    return buffer == null ? 0 : BYTES;
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
