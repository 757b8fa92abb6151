package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AttentionHeads;
import dev.phoenix.kernels.CandidateAttentionBackwardKernel;
import dev.phoenix.kernels.CandidateAttentionKernel;
import dev.phoenix.kernels.HistoryAttentionBackwardKernel;
import dev.phoenix.kernels.HistoryAttentionKernel;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.ops.AttentionGradient;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.KeyValueGradient;
import dev.phoenix.ops.RowLayout;
import java.util.HashMap;
import java.util.Map;

/** The backward pass of attention, which recomputes the softmax weights. */
final class AttentionGradientWork {
  private final Engine engine;
  private final Scratch scratch;
  private final Layouts layouts;
  private final Map<HeadShape, Kernels> kernels = new HashMap<>();

  /** The kernels for a head geometry. */
  private record Kernels(
      AttentionHeads heads,
      HistoryAttentionBackwardKernel history,
      CandidateAttentionBackwardKernel candidates) {
    static Kernels create(KernelLibrary library, HeadShape shape) {
      AttentionHeads heads =
          new AttentionHeads(
              shape.queryHeads(), shape.keyValueHeads(), shape.headSize(), shape.multiplier());
      return new Kernels(
          heads,
          new HistoryAttentionBackwardKernel(library, heads),
          new CandidateAttentionBackwardKernel(library, heads));
    }
  }

  AttentionGradientWork(GpuOps.Parts parts) {
    this.engine = parts.engine();
    this.scratch = parts.scratch();
    this.layouts = parts.layouts();
  }

  private Kernels kernels(HeadShape shape) {
    return kernels.computeIfAbsent(shape, key -> Kernels.create(engine.library(), key));
  }

  private static void require(AttentionGradient gradient, RowLayout rows, HeadShape shape) {
    int fused = shape.fusedColumns();
    if (gradient.qkv().rows() != rows.rows()
        || gradient.dAttended().rows() != rows.rows()
        || gradient.qkv().columns() != fused
        || gradient.dAttended().columns() != shape.queryColumns()) {
      throw new IllegalArgumentException(
          "%s and %s are not attention of %d rows of %d columns"
              .formatted(gradient.qkv(), gradient.dAttended(), rows.rows(), fused));
    }
    gradient.qkv().shape().require(gradient.dQkv().name(), gradient.dQkv().shape());
    RowGradientWork.requireFloats(GpuTensor.of(gradient.dQkv()));
  }

  private DeviceMemory pairs(Scratch.Use use, GpuTensor rows, HeadShape shape) {
    return scratch.memory(use, (long) rows.paddedRows() * shape.queryHeads() * 2 * Float.BYTES);
  }

  /** The backward pass of history attention; adds to dQkv. */
  void history(AttentionGradient gradient, RowLayout layout, HeadShape shape) {
    require(gradient, layout, shape);
    GpuTensor qkv = GpuTensor.of(gradient.qkv());
    DeviceMemory stats = pairs(Scratch.Use.PARTIALS, qkv, shape);
    DeviceMemory gradOut = scratch.input(GpuTensor.of(gradient.dAttended()), ElementType.BF16);
    DeviceMemory from = scratch.input(Scratch.Use.SECOND_INPUT, qkv, ElementType.BF16);
    Layouts.Staged rows = layouts.of(layout);
    kernels(shape)
        .history()
        .launch(
            engine.recorder(),
            new HistoryAttentionBackwardKernel.Gradients(
                GpuTensor.of(gradient.dQkv()).memory(), stats),
            gradOut,
            new HistoryAttentionKernel.Batch(
                from, rows.offsets(), rows.rows(), rows.requests(), rows.longest()));
  }

  private static void require(KeyValueGradient history, RowLayout layout, GpuTensor past) {
    past.shape().require(history.dKv().name(), history.dKv().shape());
    RowGradientWork.requireFloats(GpuTensor.of(history.dKv()));
    if (layout.requests() != history.rows().requests() || past.rows() != history.rows().rows()) {
      throw new IllegalArgumentException(
          "candidates of %d requests, histories of %d in %s"
              .formatted(layout.requests(), history.rows().requests(), past));
    }
  }

  /** The backward of candidate rows that attend to a history and to themselves; adds. */
  void candidates(
      AttentionGradient gradient, RowLayout layout, KeyValueGradient history, HeadShape shape) {
    require(gradient, layout, shape);
    GpuTensor past = GpuTensor.of(history.kv());
    require(history, layout, past);
    GpuTensor qkv = GpuTensor.of(gradient.qkv());
    if (qkv.rows() == 0) {
      return;
    }
    DeviceMemory stats = pairs(Scratch.Use.PARTIALS, qkv, shape);
    DeviceMemory own = pairs(Scratch.Use.OWN, qkv, shape);
    DeviceMemory gradOut = scratch.input(GpuTensor.of(gradient.dAttended()), ElementType.BF16);
    DeviceMemory from = scratch.input(Scratch.Use.SECOND_INPUT, qkv, ElementType.BF16);
    DeviceMemory keyValues = scratch.input(Scratch.Use.THIRD_INPUT, past, ElementType.BF16);
    layouts.of(layout);
    Layouts.Staged pastRows = layouts.of(history.rows());
    Layouts.Staged rows = layouts.of(layout);
    kernels(shape)
        .candidates()
        .launch(
            engine.recorder(),
            new CandidateAttentionBackwardKernel.Gradients(
                GpuTensor.of(gradient.dQkv()).memory(),
                GpuTensor.of(history.dKv()).memory(),
                stats,
                own),
            gradOut,
            new CandidateAttentionKernel.Candidates(
                from, rows.offsets(), rows.seesItself(), rows.rows(), rows.longest()),
            new CandidateAttentionBackwardKernel.History(
                keyValues,
                past.size(),
                past.columns() - 2 * shape.keyColumns(),
                pastRows.offsets(),
                rows.requests(),
                Math.min(pastRows.longest(), past.paddedRows())));
  }
}
