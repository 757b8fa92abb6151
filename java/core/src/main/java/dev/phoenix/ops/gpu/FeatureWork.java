package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.CandidateFeaturesKernel;
import dev.phoenix.kernels.EmbeddingGatherKernel;
import dev.phoenix.kernels.HistoryFeaturesKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.ops.HistoryFeatureRows;
import dev.phoenix.ops.HistoryFeatureTables;
import dev.phoenix.ops.IndexedRows;
import dev.phoenix.ops.RowNumbers;
import dev.phoenix.ops.RowSource;
import dev.phoenix.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Gathers embedding rows by number and adds token features from folded tables. */
final class FeatureWork {
  private final Engine engine;
  private final Scratch scratch;
  private final EmbeddingGatherKernel gather;
  private final HistoryFeaturesKernel history;
  private final CandidateFeaturesKernel candidates;
  private float[] row = new float[0];

  FeatureWork(Engine engine, Scratch scratch) {
    this.engine = engine;
    this.scratch = scratch;
    this.gather = new EmbeddingGatherKernel(engine.library());
    this.history = new HistoryFeaturesKernel(engine.library(), ElementType.F32);
    this.candidates = new CandidateFeaturesKernel(engine.library(), ElementType.F32);
  }

  /**
   * out[r] = the rows of {@code table} with the numbers of row r. Only the numbers are copied to
   * the device.
   */
  void gather(GpuTensor out, GpuRowTable table, RowNumbers numbers) {
    if (out.columns() % table.columns() != 0) {
      throw new IllegalArgumentException(
          "%s does not hold whole rows of %s".formatted(out, table.source()));
    }
    if (out.elements() == 0) {
      return;
    }
    int parts = out.columns() / table.columns();
    // Padding rows gather row 0, which every table has.
    int padded = Math.multiplyExact(out.paddedRows(), parts);
    Staging.Slot slot = engine.stage((long) padded * Integer.BYTES);
    slot.host().fill((byte) 0);
    for (int i = 0; i < out.rows() * parts; i++) {
      long number = numbers.number(i / parts, i % parts);
      table.source().requireRow(number);
      slot.host().setAtIndex(ValueLayout.JAVA_INT, i, (int) number);
    }
    MatrixSize size = new MatrixSize(padded, table.columns());
    if (out.type() == ElementType.F32) {
      gather.launchFloats(engine.recorder(), out.memory(), table.table(), slot.device(), size);
    } else {
      gather.launch(engine.recorder(), out.memory(), table.table(), slot.device(), size);
    }
  }

  /** tokens[r] += signed actions · table + surface + gelu(dwell · in) · out. */
  void addHistory(GpuTensor tokens, HistoryFeatureTables tables, HistoryFeatureRows features) {
    requireFloats(tokens);
    GpuMatrix actions = floats(tables.actions(), tokens.columns());
    int actionCount = actions.shape().rows();
    IndexedRows surfaces = features.surfaces();
    GpuTensor surfaceTable = requireFit(tokens, surfaces);
    HistoryFeaturesKernel.Dwell dwell = dwell(tokens, tables.dwell(), features.dwell());
    if (tokens.elements() == 0) {
      return;
    }
    DeviceMemory surfaceRows = scratch.input(surfaceTable, ElementType.F32);
    long rowBytes = (long) (actionCount + 2) * Float.BYTES;
    // All inputs must be staged without a run in between, until the kernel is recorded.
    engine.reserve(tokens.paddedRows() * rowBytes + 4096);
    history.launch(
        engine.recorder(),
        tokens.memory(),
        new HistoryFeaturesKernel.Features(
            staged(tokens, features.actions(), actionCount),
            engine.stageIntegers(surfaces.rows(), tokens.rows(), tokens.paddedRows(), 0),
            dwell == null ? null : staged(tokens, features.dwell(), 1)),
        new HistoryFeaturesKernel.Tables(
            actions.memory(), surfaceRows, dwell, actionCount, surfaceTable.rows()),
        tokens.size());
  }

  private static HistoryFeaturesKernel.@Nullable Dwell dwell(
      GpuTensor tokens, HistoryFeatureTables.@Nullable Dwell tables, @Nullable RowSource seconds) {
    // gelu(0) is 0, so a batch without dwell times adds nothing.
    if (tables == null || seconds == null) {
      return null;
    }
    GpuMatrix out = floats(tables.out(), tokens.columns());
    int hidden = out.shape().rows();
    GpuMatrix in = floats(tables.in(), hidden);
    new Shape(1, hidden).require("dwell table", in.shape());
    return new HistoryFeaturesKernel.Dwell(in.memory(), out.memory(), hidden);
  }

  private DeviceMemory staged(GpuTensor tokens, @Nullable RowSource source, int columns) {
    if (row.length < columns) {
      row = new float[columns];
    }
    Staging.Slot slot = engine.stage((long) tokens.paddedRows() * columns * Float.BYTES);
    slot.host().fill((byte) 0);
    for (int r = 0; source != null && r < tokens.rows(); r++) {
      source.copyRow(r, row, 0);
      long at = (long) r * columns * Float.BYTES;
      MemorySegment.copy(row, 0, slot.host(), ValueLayout.JAVA_FLOAT, at, columns);
    }
    return slot.device();
  }

  /** tokens[r] += surface + age. */
  void addCandidates(GpuTensor tokens, IndexedRows surfaces, IndexedRows ages) {
    requireFloats(tokens);
    GpuTensor surfaceTable = requireFit(tokens, surfaces);
    GpuTensor ageTable = requireFit(tokens, ages);
    requireFloats(surfaceTable);
    requireFloats(ageTable);
    if (tokens.elements() == 0) {
      return;
    }
    engine.reserve(2L * tokens.paddedRows() * Integer.BYTES + 4096);
    candidates.launch(
        engine.recorder(),
        tokens.memory(),
        feature(tokens, surfaces, surfaceTable),
        feature(tokens, ages, ageTable),
        tokens.size());
  }

  private CandidateFeaturesKernel.Feature feature(
      GpuTensor tokens, IndexedRows rows, GpuTensor table) {
    DeviceMemory indices = engine.stageIntegers(rows.rows(), tokens.rows(), tokens.paddedRows(), 0);
    return new CandidateFeaturesKernel.Feature(indices, table.memory(), table.rows());
  }

  private static GpuMatrix floats(dev.phoenix.ops.Weight weight, int columns) {
    GpuMatrix matrix = GpuMatrix.of(weight, GpuMatrix.Form.PLAIN);
    if (matrix.type() != ElementType.F32 || matrix.shape().columns() != columns) {
      throw new IllegalArgumentException(
          "expected a float32 matrix [n, %d], found %s %s"
              .formatted(columns, matrix.type(), matrix.shape()));
    }
    return matrix;
  }

  private static GpuTensor requireFit(GpuTensor tokens, IndexedRows rows) {
    GpuTensor table = GpuTensor.of(rows.table());
    TokenWork.require(tokens, table, rows.rows(), tokens.rows(), table.rows());
    return table;
  }

  private static void requireFloats(GpuTensor x) {
    TokenWork.requireFloats(x);
  }
}
