package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.EmbeddingAddKernel;
import dev.phoenix.kernels.EmbeddingGatherKernel;
import dev.phoenix.kernels.GatherRowsKernel;
import dev.phoenix.kernels.ScatterRowsKernel;
import dev.phoenix.kernels.SiluKernel;
import dev.phoenix.ops.RowSource;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Float32 operations on the rows and elements of tokens. */
final class TokenWork {
  private final Engine engine;
  private final Scratch scratch;
  private final EmbeddingAddKernel embeddingAdd;
  private final GatherRowsKernel gatherRows;
  private final ScatterRowsKernel scatterRows;
  private final SiluKernel silu;
  private float[] row = new float[0];

  TokenWork(Engine engine, Scratch scratch) {
    this.engine = engine;
    this.scratch = scratch;
    this.embeddingAdd = new EmbeddingAddKernel(engine.library());
    this.gatherRows = new GatherRowsKernel(engine.library());
    this.scatterRows = new ScatterRowsKernel(engine.library());
    this.silu = new SiluKernel(engine.library(), ElementType.F32);
  }

  /** out[r] = row r of {@code source}. */
  void gather(GpuTensor out, RowSource source) {
    if (out.elements() == 0) {
      return;
    }
    int columns = out.columns();
    if (row.length < columns) {
      row = new float[columns];
    }
    DeviceMemory to = scratch.output(out, ElementType.F32);
    long byteSize = (long) out.elements() * Float.BYTES;
    Staging.Slot slot = engine.stage(byteSize);
    for (int r = 0; r < out.rows(); r++) {
      source.copyRow(r, row, 0);
      long at = (long) r * columns * Float.BYTES;
      MemorySegment.copy(row, 0, slot.host(), ValueLayout.JAVA_FLOAT, at, columns);
    }
    slot.host().asSlice((long) out.rows() * columns * Float.BYTES).fill((byte) 0);
    engine.recorder().copy(to.slice(0, byteSize), slot.device());
    scratch.written(out, ElementType.F32);
  }

  /** out[r] += table[rows[r]]. */
  void addRows(GpuTensor out, GpuTensor table, int[] rows) {
    require(out, table, rows, out.rows(), table.rows());
    requireFloats(out);
    DeviceMemory entries = scratch.input(table, ElementType.F32);
    DeviceMemory indices = engine.stageIntegers(rows, out.rows(), out.paddedRows(), 0);
    embeddingAdd.launchFloats(
        engine.recorder(),
        out.memory(),
        new EmbeddingGatherKernel.Table(entries, ElementType.F32, table.paddedRows(), 0),
        new EmbeddingAddKernel.Indices(indices, 1),
        out.size());
  }

  /** out[r] = x[rows[r]], or zeros where rows[r] is -1. */
  void takeRows(GpuTensor out, GpuTensor x, int[] rows) {
    require(out, x, rows, out.rows(), new RowRange(-1, x.rows()));
    requireFloats(out);
    if (out.rows() == 0) {
      return;
    }
    DeviceMemory from = scratch.input(x, ElementType.F32);
    DeviceMemory indices = engine.stageIntegers(rows, out.rows(), out.paddedRows(), -1);
    gatherRows.launch(
        engine.recorder(),
        out.memory(),
        from,
        new GatherRowsKernel.Rows(indices, out.paddedRows()),
        x.size());
  }

  /** out[rows[r]] = x[r]. */
  void placeRows(GpuTensor out, GpuTensor x, int[] rows) {
    require(out, x, rows, x.rows(), out.rows());
    requireFloats(out);
    DeviceMemory from = scratch.input(x, ElementType.F32);
    DeviceMemory targets = engine.stageIntegers(rows, x.rows(), x.paddedRows(), -1);
    scatterRows.launchFloats(
        engine.recorder(),
        out.memory(),
        new ScatterRowsKernel.Source(from, targets, x.paddedRows()),
        out.size());
  }

  /** The valid row indices: {@code least} (inclusive) to {@code limit} (exclusive). */
  private record RowRange(int least, int limit) {}

  static void require(GpuTensor out, GpuTensor x, int[] rows, int count, int limit) {
    require(out, x, rows, count, new RowRange(0, limit));
  }

  private static void require(GpuTensor out, GpuTensor x, int[] rows, int count, RowRange range) {
    if (x.columns() != out.columns() || rows.length < count) {
      throw new IllegalArgumentException(
          "%s and %s do not fit %d row indices".formatted(out, x, rows.length));
    }
    for (int r = 0; r < count; r++) {
      if (rows[r] < range.least() || rows[r] >= range.limit()) {
        throw new IllegalArgumentException(
            "row index %d at %d is outside %d..%d"
                .formatted(rows[r], r, range.least(), range.limit() - 1));
      }
    }
  }

  static void requireFloats(GpuTensor x) {
    if (x.type() != ElementType.F32) {
      throw new IllegalArgumentException(x + " is an activation; this operation is float32");
    }
  }

  /** out = silu(x); the two may be one tensor. */
  void silu(GpuTensor out, GpuTensor x) {
    out.useRows(x.rows());
    x.shape().require(out.name(), out.shape());
    requireFloats(out);
    requireFloats(x);
    silu.launch(engine.recorder(), out.memory(), x.memory(), x.elements());
  }
}
