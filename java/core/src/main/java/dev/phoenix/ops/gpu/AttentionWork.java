package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.CandidateAttentionKernel;
import dev.phoenix.kernels.HistoryAttentionKernel;
import dev.phoenix.kernels.KeepKeyValuesKernel;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.RowLayout;
import org.jspecify.annotations.Nullable;

/** Attention of history and candidate rows, and storage of the history's keys and values. */
final class AttentionWork {
  private final Engine engine;
  private final Scratch scratch;
  private final Layouts layouts;
  private @Nullable Kept last;

  /**
   * The keep command recorded last. History attention over the same rows stores keys and values
   * itself, and then removes this command.
   */
  private record Kept(GpuKeyValues keyValues, int layer, GpuTensor fused, Command command) {}

  AttentionWork(Engine engine, Scratch scratch, Layouts layouts) {
    this.engine = engine;
    this.scratch = scratch;
    this.layouts = layouts;
  }

  /** Stores the keys and values of rows [q | k | v] or [k | v] for {@code layer}. */
  void keep(GpuKeyValues keyValues, int layer, GpuTensor fused) {
    HeadShape shape = keyValues.shape();
    int width = 2 * shape.keyColumns();
    boolean whole = fused.columns() == shape.queryColumns() + width;
    RowLayout history = keyValues.history();
    if (fused.rows() != history.rows() || !(whole || fused.columns() == width)) {
      throw new IllegalArgumentException(
          "%s does not hold keys and values of %d history rows".formatted(fused, history.rows()));
    }
    DeviceBuffer to = keyValues.prepare(layer);
    last = null;
    if (fused.elements() == 0) {
      return;
    }
    DeviceMemory from = scratch.input(fused, ElementType.BF16);
    int firstColumn = whole ? shape.queryColumns() : 0;
    keyValues
        .kernels()
        .keep()
        .launch(
            engine.recorder(), to, new KeepKeyValuesKernel.Source(from, fused.size(), firstColumn));
    Command command = engine.recorder().commands().getLast();
    last = whole ? new Kept(keyValues, layer, fused, command) : null;
  }

  /** Every history row attends to itself and the earlier rows of its request. */
  void attendHistory(GpuTensor out, GpuTensor qkv, GpuKeyValues keyValues, int layer) {
    RowLayout history = keyValues.history();
    require(out, qkv, history, keyValues.shape());
    out.useRows(qkv.rows());
    DeviceMemory target = scratch.output(out, ElementType.BF16);
    Kept keeping = last;
    boolean fuses =
        keeping != null
            && keeping.keyValues() == keyValues
            && keeping.layer() == layer
            && keeping.fused() == qkv
            && qkv.type() == ElementType.BF16
            && engine.recorder().takeBack(keeping.command());
    DeviceMemory from = scratch.input(qkv, ElementType.BF16);
    Layouts.Staged rows = layouts.of(history);
    keyValues
        .kernels()
        .history()
        .launch(
            engine.recorder(),
            target,
            fuses ? keyValues.kept(layer) : null,
            new HistoryAttentionKernel.Batch(
                from, rows.offsets(), rows.rows(), rows.requests(), rows.longest()));
    scratch.written(out, ElementType.BF16);
  }

  /** Every candidate row attends to the history of its request and to itself. */
  void attendCandidates(
      GpuTensor out, GpuTensor qkv, RowLayout candidates, GpuKeyValues keyValues, int layer) {
    require(out, qkv, candidates, keyValues.shape());
    RowLayout history = keyValues.history();
    if (candidates.requests() != history.requests()) {
      throw new IllegalArgumentException(
          "candidates of %d requests, histories of %d"
              .formatted(candidates.requests(), history.requests()));
    }
    out.useRows(qkv.rows());
    if (qkv.elements() == 0) {
      return;
    }
    DeviceMemory target = scratch.output(out, ElementType.BF16);
    DeviceMemory from = scratch.input(qkv, ElementType.BF16);
    layouts.of(candidates);
    Layouts.Staged past = layouts.of(history);
    Layouts.Staged rows = layouts.of(candidates);
    keyValues
        .kernels()
        .candidates()
        .launch(
            engine.recorder(),
            target,
            new CandidateAttentionKernel.Candidates(
                from, rows.offsets(), rows.seesItself(), rows.rows(), rows.longest()),
            new CandidateAttentionKernel.History(
                keyValues.kept(layer), past.offsets(), keyValues.rows(), rows.requests()));
    scratch.written(out, ElementType.BF16);
  }

  private static void require(GpuTensor out, GpuTensor qkv, RowLayout queries, HeadShape shape) {
    if (qkv.rows() != queries.rows()
        || qkv.columns() != shape.fusedColumns()
        || out.columns() != shape.queryColumns()) {
      throw new IllegalArgumentException(
          "%s of %d rows cannot attend into %s".formatted(qkv, queries.rows(), out));
    }
  }
}
