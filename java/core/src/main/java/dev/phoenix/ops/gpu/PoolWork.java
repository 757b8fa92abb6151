package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.L2NormalizeKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.MeanPoolKernel;
import dev.phoenix.ops.RowLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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

  /** out[r] = x[r] / |x[r]|; the lengths stay on the device. */
  void normalize(GpuTensor out, GpuTensor lengths, GpuTensor x) {
    if (x.columns() != out.columns()) {
      throw new IllegalArgumentException(x + " and " + out + " differ in columns");
    }
    RowGradientWork.requireFloats(lengths);
    out.useRows(x.rows());
    lengths.useRows(x.rows());
    if (x.rows() > 0) {
      normalize(out, lengths.memory(), x);
    }
  }

  private void normalize(GpuTensor out, DeviceMemory lengths, GpuTensor x) {
    l2Normalize.launch(
        engine.recorder(),
        new L2NormalizeKernel.Typed(out.memory(), out.type()),
        lengths,
        new L2NormalizeKernel.Typed(x.memory(), x.type()),
        x.size());
  }

  /** out[r] = x[r] / |x[r]|; runs the recorded commands and copies the lengths to {@code norms}. */
  void normalize(GpuTensor out, float[] norms, GpuTensor x) {
    if (x.columns() != out.columns()) {
      throw new IllegalArgumentException(x + " and " + out + " differ in columns");
    }
    if (norms.length < x.rows()) {
      throw new IllegalArgumentException(
          "%s has more rows than the %d norms".formatted(x, norms.length));
    }
    out.useRows(x.rows());
    if (x.rows() == 0) {
      return;
    }
    DeviceMemory lengths = scratch.memory(Scratch.Use.NORMS, (long) x.paddedRows() * Float.BYTES);
    normalize(out, lengths, x);
    MemorySegment read = engine.read(lengths.slice(0, (long) x.rows() * Float.BYTES));
    MemorySegment.copy(read, ValueLayout.JAVA_FLOAT, 0, norms, 0, x.rows());
  }
}
