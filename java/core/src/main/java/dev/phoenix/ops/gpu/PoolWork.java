package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.L2NormalizeKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.MeanPoolKernel;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Shape;

/** Means over segments and normalisation to unit length, in float32. */
final class PoolWork {
  private final Engine engine;
  private final Scratch scratch;
  private final Layouts layouts;
  private final MeanPoolKernel meanPool;
  private final L2NormalizeKernel l2Normalize;

  PoolWork(Engine engine, Scratch scratch, Layouts layouts) {
    this.engine = engine;
    this.scratch = scratch;
    this.layouts = layouts;
    this.meanPool = new MeanPoolKernel(engine.library());
    this.l2Normalize = new L2NormalizeKernel(engine.library());
  }

  /** out[s] = mean of the rows of segment s. */
  void pool(GpuTensor out, GpuTensor x, RowLayout layout) {
    if (x.columns() != out.columns()) {
      throw new IllegalArgumentException(x + " and " + out + " differ in columns");
    }
    out.useRows(layout.requests());
    DeviceMemory target = scratch.output(out, ElementType.F32);
    Layouts.Staged rows = layouts.of(layout);
    meanPool.launch(
        engine.recorder(),
        target,
        new MeanPoolKernel.Segments(x.memory(), x.type(), rows.offsets()),
        new MatrixSize(rows.requests(), out.columns()));
    scratch.written(out, ElementType.F32);
  }

  /** out[r] = x[r] / |x[r]|, lengths[r] = |x[r]|. */
  void normalize(GpuTensor out, GpuTensor lengths, GpuTensor x) {
    if (x.columns() != out.columns()) {
      throw new IllegalArgumentException(x + " and " + out + " differ in columns");
    }
    RowGradientWork.requireFloats(lengths);
    out.useRows(x.rows());
    lengths.useRows(x.rows());
    new Shape(x.rows(), 1).require(lengths.name(), lengths.shape());
    if (x.rows() == 0) {
      return;
    }
    l2Normalize.launch(
        engine.recorder(),
        new L2NormalizeKernel.Typed(out.memory(), out.type()),
        lengths.memory(),
        new L2NormalizeKernel.Typed(x.memory(), x.type()),
        x.size());
  }
}
