package dev.phoenix.ops.gpu;

import dev.phoenix.device.ElementType;
import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.HostRows;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.RowTable;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * The storage of operations on a device: tensors, weights, tables and indices, and how many rows
 * they should have.
 */
abstract sealed class GpuStorage implements Ops permits GpuOps {
  /** Enough rows to occupy a large GPU, with less than 200 MB of activations per pass. */
  private static final int PREFERRED_ROWS = 32768;

  private final Engine engine;
  private final TablePlacement placement;

  GpuStorage(Engine engine, TablePlacement placement) {
    this.engine = engine;
    this.placement = placement;
  }

  /** The device, its memory and the commands recorded for it. */
  final Engine engine() {
    return engine;
  }

  /** The memory that holds embedding tables. */
  final TablePlacement placement() {
    return placement;
  }

  /** Bytes of live device and pinned memory, all lanes included. */
  public long liveBytes() {
    return engine.device().liveBytes();
  }

  @Override
  public Tensor tensor(Scope scope, String what, Shape capacity) {
    return GpuTensor.create(engine, scope, ElementType.F32, what, capacity);
  }

  @Override
  public Tensor activation(Scope scope, String what, Shape capacity) {
    return GpuTensor.create(engine, scope, ElementType.BF16, what, capacity);
  }

  @Override
  public Weight matrix(Scope scope, Shape shape, float[] values) {
    return GpuMatrix.create(engine, scope, shape, ElementType.BF16, values);
  }

  @Override
  public Weight floatMatrix(Scope scope, Shape shape, float[] values) {
    return GpuMatrix.create(engine, scope, shape, ElementType.F32, values);
  }

  @Override
  public Weight gatedMatrix(Scope scope, Shape shape, float[] gate, float[] up) {
    return GpuMatrix.createGated(engine, scope, shape, gate, up);
  }

  @Override
  public Weight scale(Scope scope, float[] values) {
    return GpuMatrix.create(engine, scope, new Shape(1, values.length), ElementType.F32, values);
  }

  @Override
  public KeyValues keyValues(Scope scope, int layers, HeadShape shape) {
    return GpuKeyValues.create(engine, scope, layers, shape);
  }

  @Override
  public RowTable rowTable(Scope scope, HostRows rows) {
    return GpuRowTable.create(engine, scope, rows, placement);
  }

  @Override
  public int preferredRows() {
    return PREFERRED_ROWS;
  }

  @Override
  public int capacityFor(int rows) {
    return RowBuckets.rows(rows);
  }

  @Override
  public boolean preparesSizes() {
    return true;
  }

  @Override
  public CorpusIndex corpusIndex(Scope scope, MemorySegment rows, Shape shape, Precision held) {
    return GpuCorpusIndex.create(engine, scope, rows, shape, held);
  }

  @Override
  public void rereadRows(CorpusIndex index, int from, int count) {
    GpuCorpusIndex.of(index).reread(from, count);
  }
}
