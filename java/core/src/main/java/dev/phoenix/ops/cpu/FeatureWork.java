package dev.phoenix.ops.cpu;

import dev.phoenix.ops.HistoryFeatureRows;
import dev.phoenix.ops.HistoryFeatureTables;
import dev.phoenix.ops.IndexedRows;
import dev.phoenix.ops.RowSource;
import dev.phoenix.tensor.Shape;
import java.util.Arrays;

/** Adds the features of tokens with the matrix products of the other operations. */
final class FeatureWork {
  private final ScratchTensors scratch;
  private final GatherWork gather;
  private final MatmulWork matmul;
  private final ElementWork element;
  private final PlaceWork place;
  private final RowSource signed = this::copySigned;
  private RowSource actions = (row, to, at) -> {};
  private int actionCount;

  FeatureWork(ScratchTensors scratch, Team team) {
    this.scratch = scratch;
    this.gather = new GatherWork(team);
    this.matmul = new MatmulWork(team);
    this.element = new ElementWork(team);
    this.place = new PlaceWork(team);
  }

  /** tokens[r] += signed actions · table + surface + gelu(dwell · in) · out. */
  void addHistory(CpuTensor tokens, HistoryFeatureTables tables, HistoryFeatureRows features) {
    PackedMatrix actionTable = PackedMatrix.of(tables.actions());
    actions = features.actions();
    actionCount = actionTable.shape().rows();
    CpuTensor values = scratch.of(ScratchTensors.Use.ACTIONS, tokens.rows(), actionCount);
    gather.run(values, signed);
    matmul.run(tokens, values, actionTable, MatmulWork.Epilogue.ADD);
    add(tokens, features.surfaces());
    HistoryFeatureTables.Dwell dwell = tables.dwell();
    RowSource seconds = features.dwell();
    // gelu(0) is 0: a batch without dwell times adds nothing.
    if (dwell != null && seconds != null) {
      PackedMatrix in = PackedMatrix.of(dwell.in());
      new Shape(1, in.shape().columns()).require("dwell table", in.shape());
      CpuTensor times = scratch.of(ScratchTensors.Use.DWELL, tokens.rows(), 1);
      CpuTensor hidden =
          scratch.of(ScratchTensors.Use.DWELL_HIDDEN, tokens.rows(), in.shape().columns());
      gather.run(times, seconds);
      matmul.run(hidden, times, in, MatmulWork.Epilogue.STORE);
      element.run(hidden, hidden, ElementWork.Function.GELU);
      matmul.run(tokens, hidden, PackedMatrix.of(dwell.out()), MatmulWork.Epilogue.ADD);
    }
  }

  /** tokens[r] += surface + age. */
  void addCandidate(CpuTensor tokens, IndexedRows surfaces, IndexedRows ages) {
    add(tokens, surfaces);
    add(tokens, ages);
  }

  private void add(CpuTensor tokens, IndexedRows rows) {
    place.add(tokens, CpuTensor.of(rows.table()), rows.rows());
  }

  /** Writes 2a - 1 for the actions of a row; zeros if all its actions are 0. */
  private void copySigned(int row, float[] to, int at) {
    actions.copyRow(row, to, at);
    boolean acted = false;
    for (int i = at; i < at + actionCount; i++) {
      acted |= to[i] != 0;
      to[i] = 2 * to[i] - 1;
    }
    if (!acted) {
      Arrays.fill(to, at, at + actionCount, 0f);
    }
  }
}
