package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.L2NormalizeBackwardKernel;
import dev.phoenix.kernels.PrefixMeansKernel;
import dev.phoenix.ops.Prefixes;
import dev.phoenix.ops.RowLayout;

/**
 * Means over prefixes of segments with their backward pass, and the backward pass of unit length.
 */
final class PoolGradientWork {
  private static final long SLACK = 4096;

  private final Engine engine;
  private final Scratch scratch;
  private final Layouts layouts;
  private final PrefixMeansKernel prefixMeans;
  private final L2NormalizeBackwardKernel l2Backward;

  PoolGradientWork(GpuOps.Parts parts) {
    this.engine = parts.engine();
    this.scratch = parts.scratch();
    this.layouts = parts.layouts();
    this.prefixMeans = new PrefixMeansKernel(engine.library());
    this.l2Backward = new L2NormalizeBackwardKernel(engine.library());
  }

  private static void require(GpuTensor means, GpuTensor x, RowLayout rows, Prefixes prefixes) {
    if (rows.requests() != prefixes.segments()
        || rows.rows() != x.rows()
        || prefixes.count() != means.rows()
        || x.columns() != means.columns()) {
      throw new IllegalArgumentException(
          "%d prefixes of %d segments do not fit %s and %s of %d segments"
              .formatted(prefixes.count(), prefixes.segments(), means, x, rows.requests()));
    }
    for (int segment = 0; segment < prefixes.segments(); segment++) {
      int end = prefixes.begin(segment + 1);
      if (end > prefixes.begin(segment) && prefixes.length(end - 1) > rows.length(segment)) {
        throw new IllegalArgumentException(
            "a prefix of %d rows, segment %d has %d"
                .formatted(prefixes.length(end - 1), segment, rows.length(segment)));
      }
    }
  }

  /** out[i] = the mean of prefix i. */
  void means(GpuTensor out, GpuTensor x, RowLayout rows, Prefixes prefixes) {
    out.useRows(prefixes.count());
    require(out, x, rows, prefixes);
    RowGradientWork.requireFloats(out);
    DeviceMemory from = scratch.input(x, ElementType.F32);
    if (prefixes.segments() > 0) {
      prefixMeans.launch(engine.recorder(), out.memory(), from, stage(rows, prefixes), x.size());
    }
  }

  /** The backward pass of {@link #means}. */
  void meansGradient(GpuTensor dx, GpuTensor dOut, RowLayout rows, Prefixes prefixes) {
    dx.useRows(rows.rows());
    require(dOut, dx, rows, prefixes);
    RowGradientWork.requireFloats(dx);
    DeviceMemory from = scratch.input(dOut, ElementType.F32);
    if (prefixes.segments() > 0) {
      prefixMeans.launchBackward(
          engine.recorder(), dx.memory(), from, stage(rows, prefixes), dx.size());
    }
  }

  private PrefixMeansKernel.Prefixes stage(RowLayout rows, Prefixes prefixes) {
    int segments = RowBuckets.requests(rows.requests());
    int padded = RowBuckets.rows(prefixes.count());
    int[] offsets = new int[prefixes.segments() + 1];
    java.util.Arrays.setAll(offsets, prefixes::begin);
    int[] lengths = new int[prefixes.count()];
    java.util.Arrays.setAll(lengths, prefixes::length);
    // All parts must be staged without a run in between.
    layouts.of(rows);
    engine.reserve(SLACK + 4L * (2L * segments + padded));
    DeviceMemory rowOffsets = layouts.of(rows).offsets();
    DeviceMemory prefixOffsets =
        engine.stageIntegers(offsets, offsets.length, segments + 1, prefixes.count());
    DeviceMemory prefixLengths = engine.stageIntegers(lengths, lengths.length, padded, 0);
    return new PrefixMeansKernel.Prefixes(
        rowOffsets, prefixOffsets, prefixLengths, segments, prefixes.count());
  }

  /** The backward pass of y = x / |x|. */
  void unitGradient(GpuTensor dx, GpuTensor dy, GpuTensor y, GpuTensor lengths) {
    dx.useRows(y.rows());
    y.shape().require(dy.name(), dy.shape());
    y.shape().require(dx.name(), dx.shape());
    y.shape().requireRows(lengths.name(), lengths.shape());
    RowGradientWork.requireFloats(dx);
    if (y.rows() == 0) {
      return;
    }
    DeviceMemory gradients = scratch.input(dy, ElementType.F32);
    DeviceMemory units = scratch.input(Scratch.Use.SECOND_INPUT, y, ElementType.F32);
    l2Backward.launch(
        engine.recorder(),
        dx.memory(),
        new L2NormalizeBackwardKernel.Operands(gradients, units, lengths.memory()),
        y.size());
  }
}
