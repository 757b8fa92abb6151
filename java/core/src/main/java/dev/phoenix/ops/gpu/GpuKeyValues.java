package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AttentionHeads;
import dev.phoenix.kernels.CandidateAttentionKernel;
import dev.phoenix.kernels.HistoryAttentionKernel;
import dev.phoenix.kernels.KeepKeyValuesKernel;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.tensor.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values in device memory: per layer [2, G, rows, K] bfloat16, keys first, then values.
 * The number of rows is rounded up by {@link RowBuckets}.
 */
final class GpuKeyValues extends KeyValues implements Scope.Resource {
  private final Engine engine;
  private final HeadShape shape;
  private final Kernels kernels;
  private final @Nullable DeviceBuffer[] layers;
  private int rows;
  private boolean closed;

  /** The kernels for a head geometry. */
  record Kernels(
      AttentionHeads heads,
      HistoryAttentionKernel history,
      CandidateAttentionKernel candidates,
      KeepKeyValuesKernel keep) {
    static Kernels create(KernelLibrary library, HeadShape shape) {
      AttentionHeads heads =
          new AttentionHeads(
              shape.queryHeads(), shape.keyValueHeads(), shape.headSize(), shape.multiplier());
      return new Kernels(
          heads,
          new HistoryAttentionKernel(library, heads),
          new CandidateAttentionKernel(library, heads),
          new KeepKeyValuesKernel(library, heads));
    }
  }

  private GpuKeyValues(Engine engine, int layers, HeadShape shape) {
    this.engine = engine;
    this.shape = shape;
    this.kernels = Kernels.create(engine.library(), shape);
    this.layers = new DeviceBuffer[layers];
  }

  static GpuKeyValues create(Engine engine, Scope scope, int layers, HeadShape shape) {
    return scope.own(new GpuKeyValues(engine, layers, shape));
  }

  static GpuKeyValues of(KeyValues keyValues) {
    if (keyValues instanceof GpuKeyValues gpu) {
      return gpu;
    }
    throw new IllegalArgumentException("these keys and values are not in device memory");
  }

  HeadShape shape() {
    return shape;
  }

  Kernels kernels() {
    return kernels;
  }

  /** The rounded number of rows of every head at the last {@link #prepare}. */
  int rows() {
    return rows;
  }

  /** Allocates memory in {@code layer} for the rows of {@link #history}. */
  DeviceBuffer prepare(int layer) {
    if (closed) {
      throw new IllegalStateException("these keys and values are closed");
    }
    rows = RowBuckets.rows(history().rows());
    long byteSize = kernels.heads().keptElements(rows) * ElementType.BF16.byteSize();
    DeviceBuffer buffer = layers[layer];
    if (buffer == null || buffer.byteSize() < byteSize) {
      if (buffer != null) {
        layers[layer] = null;
        engine.free(buffer);
      }
      buffer = engine.allocate(byteSize);
      layers[layer] = buffer;
    }
    return buffer;
  }

  /** The number of layers. */
  int layers() {
    return layers.length;
  }

  /** Throws if {@code other} has another number of layers or another head geometry. */
  void requireSameModel(GpuKeyValues other) {
    if (other.layers.length != layers.length || !other.shape.equals(shape)) {
      throw new IllegalArgumentException("these keys and values are of another model");
    }
  }

  /** The memory that {@link #prepare} allocated for {@code layer}. */
  DeviceBuffer kept(int layer) {
    DeviceBuffer buffer = layers[layer];
    if (buffer == null) {
      throw new IllegalStateException("nothing is kept of layer " + layer);
    }
    return buffer;
  }

  @Override
  public long bytes() {
    long bytes = 0;
    for (DeviceBuffer buffer : layers) {
      bytes += buffer == null ? 0 : buffer.byteSize();
    }
    return bytes;
  }

  @Override
  public void release() {
    closed = true;
    try (Closer freed = new Closer()) {
      for (int layer = 0; layer < layers.length; layer++) {
        DeviceBuffer buffer = layers[layer];
        layers[layer] = null;
        if (buffer != null) {
          freed.own(() -> engine.free(buffer));
        }
      }
    }
  }
}
