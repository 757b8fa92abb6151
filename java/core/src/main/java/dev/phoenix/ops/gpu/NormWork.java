package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AddRmsNormKernel;
import dev.phoenix.kernels.RmsNormKernel;
import dev.phoenix.kernels.RopeKernel;
import dev.phoenix.kernels.RowTypes;
import dev.phoenix.ops.NormPair;
import dev.phoenix.ops.RopeShape;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.Weight;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** RMSNorm of float32 rows, alone or fused with the preceding addition, and rotations. */
final class NormWork {
  private final Engine engine;
  private final Scratch scratch;
  private final Layouts layouts;
  private final RopeTables tables;
  private final RopeKernel rope;
  private final Map<ElementType, RmsNormKernel> norms = new EnumMap<>(ElementType.class);
  private final Map<ElementType, AddRmsNormKernel> addNorms = new EnumMap<>(ElementType.class);

  NormWork(Engine engine, Scratch scratch, Layouts layouts, RopeTables tables) {
    this.engine = engine;
    this.scratch = scratch;
    this.layouts = layouts;
    this.tables = tables;
    this.rope = new RopeKernel(engine.library());
    for (ElementType out : ElementType.values()) {
      RowTypes types = new RowTypes(ElementType.F32, out);
      norms.put(out, new RmsNormKernel(engine.library(), types));
      addNorms.put(out, new AddRmsNormKernel(engine.library(), types));
    }
  }

  private static <K> K of(Map<ElementType, K> kernels, ElementType type) {
    K kernel = kernels.get(type);
    if (kernel == null) {
      throw new IllegalStateException("no kernel for " + type);
    }
    return kernel;
  }

  /** out = rms(x) * scale. */
  void normalize(GpuTensor out, GpuTensor x, Weight scale) {
    DeviceMemory factors = GpuMatrix.scale(scale, x.columns());
    out.useRows(x.rows());
    x.shape().require(out.name(), out.shape());
    DeviceMemory from = scratch.input(x, ElementType.F32);
    of(norms, out.type())
        .launch(
            engine.recorder(), new RmsNormKernel.Operands(out.memory(), from, factors), x.size());
  }

  /** pair.sum = residual + rms(pair.branch) * branchScale, then out = rms(pair.sum) * nextScale. */
  void addNormalize(GpuTensor out, NormPair<?> pair, GpuTensor residual) {
    DeviceMemory nextFactors = GpuMatrix.scale(pair.nextScale(), residual.columns());
    out.useRows(residual.rows());
    residual.shape().require(out.name(), out.shape());
    add(
        GpuTensor.of(pair.sum()),
        residual,
        new Branch(GpuTensor.of(pair.branch()), pair.branchScale()),
        out.type(),
        new AddRmsNormKernel.Next(out.memory(), nextFactors));
  }

  /** sum = residual + rms(branch) * branchScale. */
  void add(GpuTensor sum, GpuTensor residual, GpuTensor branch, Weight branchScale) {
    add(sum, residual, new Branch(branch, branchScale), ElementType.F32, null);
  }

  private record Branch(GpuTensor rows, Weight scale) {}

  /** {@code type} is that of the norm after the sum; {@code next} is null without one. */
  private void add(
      GpuTensor sum,
      GpuTensor residual,
      Branch branch,
      ElementType type,
      AddRmsNormKernel.@Nullable Next next) {
    branch.rows().shape().require(residual.name(), residual.shape());
    DeviceMemory factors = GpuMatrix.scale(branch.scale(), residual.columns());
    requireResidual(residual);
    requireResidual(sum);
    sum.useRows(residual.rows());
    residual.shape().require(sum.name(), sum.shape());
    if (residual.rows() == 0) {
      return;
    }
    DeviceMemory added = scratch.input(branch.rows(), ElementType.F32);
    if (!sum.memory().equals(residual.memory())) {
      engine.recorder().copy(sum.used(), residual.used());
    }
    of(addNorms, type)
        .launch(
            engine.recorder(),
            next,
            sum.memory(),
            new AddRmsNormKernel.Branch(added, factors),
            sum.size());
  }

  private static void requireResidual(GpuTensor residual) {
    if (residual.type() != ElementType.F32) {
      throw new IllegalArgumentException(residual + " is an activation, not a residual stream");
    }
  }

  /** Rotates the first heads of every row by its position. */
  void rotate(GpuTensor x, RowLayout rows, RopeShape shape) {
    if (rows.rows() != x.rows() || shape.columns() != x.columns()) {
      throw new IllegalArgumentException(
          "%s cannot be rotated as %s at %d positions".formatted(x, shape, rows.rows()));
    }
    RopeKernel.Table table = tables.covering(rows, shape.headSize());
    DeviceMemory memory = x.memory();
    if (x.type() != ElementType.BF16) {
      memory = scratch.output(x, ElementType.BF16);
      scratch.convert(memory, ElementType.BF16, x.memory(), x.elements());
    }
    rope.launch(
        engine.recorder(),
        new RopeKernel.Rows(memory, x.paddedRows(), x.columns(), shape.heads(), shape.headSize()),
        layouts.of(rows).positions(),
        table);
    scratch.written(x, ElementType.BF16);
  }
}
