package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AddRmsNormBackwardKernel;
import dev.phoenix.kernels.RmsNormBackwardKernel;
import dev.phoenix.kernels.RopeBackwardKernel;
import dev.phoenix.ops.NormPair;
import dev.phoenix.ops.RopeShape;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.Trainable;
import org.jspecify.annotations.Nullable;

/** The backward passes of norms and rotations. */
final class NormGradientWork {
  private final Engine engine;
  private final Scratch scratch;
  private final Layouts layouts;
  private final RopeTables tables;
  private final RmsNormBackwardKernel normBackward;
  private final AddRmsNormBackwardKernel floatsBackward;
  private final AddRmsNormBackwardKernel roundedBackward;
  private final RopeBackwardKernel ropeBackward;

  NormGradientWork(GpuOps.Parts parts) {
    this.engine = parts.engine();
    this.scratch = parts.scratch();
    this.layouts = parts.layouts();
    this.tables = parts.ropeTables();
    this.normBackward = new RmsNormBackwardKernel(engine.library());
    this.floatsBackward = new AddRmsNormBackwardKernel(engine.library(), ElementType.F32);
    this.roundedBackward = new AddRmsNormBackwardKernel(engine.library(), ElementType.BF16);
    this.ropeBackward = new RopeBackwardKernel(engine.library());
  }

  private DeviceMemory used(GpuTensor x) {
    return engine.stageIntegers(new int[] {x.rows()}, 1, 1, 0);
  }

  private DeviceMemory partials(Scratch.Use use, GpuTensor x) {
    return scratch.memory(
        use, RmsNormBackwardKernel.partialElements(x.size()) * ElementType.F32.byteSize());
  }

  private static DeviceBuffer scale(GpuTrainable scale, GpuTensor rows) {
    return GpuMatrix.scale(scale, rows.columns());
  }

  /** Adds the gradients of rms(x) * scale to dX and to the gradient of {@code scale}. */
  void normGradientAdd(GpuTensor dx, GpuTensor dy, GpuTensor x, GpuTrainable scale) {
    x.shape().require(dx.name(), dx.shape());
    x.shape().require(dy.name(), dy.shape());
    RowGradientWork.requireFloats(dx);
    if (x.rows() == 0) {
      return;
    }
    DeviceMemory gradients = scratch.input(dy, ElementType.F32);
    DeviceMemory rows = scratch.input(Scratch.Use.SECOND_INPUT, x, ElementType.F32);
    DeviceMemory partials = partials(Scratch.Use.PARTIALS, x);
    normBackward.launch(
        engine.recorder(),
        new RmsNormBackwardKernel.Gradients(dx.memory(), scale.gradient().memory(), partials),
        new RmsNormBackwardKernel.Operands(gradients, rows, scale(scale, x), used(x)),
        x.size());
  }

  /** The norm after a sum: the gradient of its output, and its scale. */
  private record Next(GpuTensor out, GpuTrainable scale) {}

  /** The backward pass of residual + rms(branch) * scale. */
  void addNormGradient(GpuTensor dBranch, GpuTensor dSum, GpuTensor branch, GpuTrainable scale) {
    // Without a norm after the sum, the kernel does not read its values.
    backward(dBranch, dSum, new Sum(branch, branch, scale), null);
  }

  /** The backward pass of a norm pair. */
  void addNormGradient(
      GpuTensor dSum, GpuTensor dBranch, GpuTensor dOut, NormPair<Trainable> pair) {
    GpuTrainable branchScale = GpuTrainable.of(pair.branchScale());
    GpuTrainable nextScale = GpuTrainable.of(pair.nextScale());
    Sum sum = new Sum(GpuTensor.of(pair.sum()), GpuTensor.of(pair.branch()), branchScale);
    backward(dBranch, dSum, sum, new Next(dOut, nextScale));
  }

  /** The values of a sum, its branch, and the scale of the branch. */
  private record Sum(GpuTensor values, GpuTensor branch, GpuTrainable scale) {}

  /**
   * {@code next} holds the gradient of the norm's output and its scale; null without a norm after
   * the sum.
   */
  private void backward(GpuTensor dBranch, GpuTensor dSum, Sum sum, @Nullable Next next) {
    GpuTensor branch = sum.branch();
    dBranch.useRows(branch.rows());
    branch.shape().require(dBranch.name(), dBranch.shape());
    branch.shape().require(dSum.name(), dSum.shape());
    RowGradientWork.requireFloats(dSum);
    RowGradientWork.requireFloats(sum.values());
    if (branch.rows() == 0) {
      return;
    }
    DeviceMemory branchRows = scratch.input(Scratch.Use.SECOND_INPUT, branch, ElementType.F32);
    DeviceMemory partials = partials(Scratch.Use.PARTIALS, branch);
    AddRmsNormBackwardKernel.Next following = null;
    if (next != null) {
      branch.shape().require(next.out().name(), next.out().shape());
      following =
          new AddRmsNormBackwardKernel.Next(
              scratch.input(next.out(), ElementType.F32),
              next.scale().gradient().memory(),
              partials(Scratch.Use.SECOND_PARTIALS, branch),
              scale(next.scale(), branch));
    }
    DeviceMemory used = used(branch);
    (dBranch.type() == ElementType.BF16 ? roundedBackward : floatsBackward)
        .launch(
            engine.recorder(),
            new AddRmsNormBackwardKernel.Residual(dSum.memory(), sum.values().memory(), used),
            new AddRmsNormBackwardKernel.Branch(
                dBranch.memory(),
                sum.scale().gradient().memory(),
                partials,
                branchRows,
                scale(sum.scale(), branch)),
            following,
            branch.size());
  }

  /** The backward pass of rope. */
  void rotateBack(GpuTensor dx, RowLayout rows, RopeShape shape) {
    if (rows.rows() != dx.rows() || shape.columns() != dx.columns()) {
      throw new IllegalArgumentException(
          "%s cannot be rotated back as %s at %d positions".formatted(dx, shape, rows.rows()));
    }
    RowGradientWork.requireFloats(dx);
    var table = tables.covering(rows, shape.headSize());
    ropeBackward.launch(
        engine.recorder(),
        new RopeBackwardKernel.Rows(dx.memory(), dx.size(), shape.heads(), shape.headSize()),
        layouts.of(rows).positions(),
        table);
  }
}
