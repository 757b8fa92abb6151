package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.ActivationBackwardKernel;
import dev.phoenix.kernels.GegluBackwardKernel;
import dev.phoenix.kernels.GegluKernel;
import dev.phoenix.kernels.GeluKernel;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.SigmoidKernel;

/** Element-wise functions that keep their input, and their backward pass. */
final class ElementGradientWork {
  private final Engine engine;
  private final Scratch scratch;
  private final GeluKernel gelu;
  private final SigmoidKernel sigmoid;
  private final GegluKernel geglu;
  private final ActivationBackwardKernel geluBackward;
  private final ActivationBackwardKernel siluBackward;
  private final GegluBackwardKernel gegluBackward;

  ElementGradientWork(GpuOps.Parts parts) {
    this.engine = parts.engine();
    this.scratch = parts.scratch();
    KernelLibrary library = engine.library();
    this.gelu = new GeluKernel(library);
    this.sigmoid = new SigmoidKernel(library);
    this.geglu = new GegluKernel(library);
    this.geluBackward =
        new ActivationBackwardKernel(library, ActivationBackwardKernel.Activation.GELU);
    this.siluBackward =
        new ActivationBackwardKernel(library, ActivationBackwardKernel.Activation.SILU);
    this.gegluBackward = new GegluBackwardKernel(library);
  }

  private void prepare(GpuTensor out, GpuTensor x) {
    out.useRows(x.rows());
    x.shape().require(out.name(), out.shape());
    RowGradientWork.requireFloats(out);
    RowGradientWork.requireFloats(x);
  }

  /** out = gelu(x). */
  void gelu(GpuTensor out, GpuTensor x) {
    prepare(out, x);
    gelu.launch(engine.recorder(), out.memory(), x.memory(), x.elements());
  }

  /** out = sigmoid(x). */
  void sigmoid(GpuTensor out, GpuTensor x) {
    prepare(out, x);
    sigmoid.launch(engine.recorder(), out.memory(), x.memory(), x.elements());
  }

  /** dX = dY gelu'(x). */
  void geluGradient(GpuTensor dx, GpuTensor dy, GpuTensor x) {
    backward(geluBackward, dx, dy, x);
  }

  /** dX = dY silu'(x). */
  void siluGradient(GpuTensor dx, GpuTensor dy, GpuTensor x) {
    backward(siluBackward, dx, dy, x);
  }

  private void backward(ActivationBackwardKernel kernel, GpuTensor dx, GpuTensor dy, GpuTensor x) {
    x.shape().require(dy.name(), dy.shape());
    prepare(dx, x);
    DeviceMemory from = scratch.input(dy, ElementType.F32);
    kernel.launch(engine.recorder(), dx.memory(), from, x.memory(), x.elements());
  }

  /** out [rows, F] = gelu(gate) * up for gateUp [rows, 2F]. */
  void geglu(GpuTensor out, GpuTensor gateUp) {
    out.useRows(gateUp.rows());
    requireHalves(out, gateUp);
    DeviceMemory target = scratch.output(out, ElementType.BF16);
    DeviceMemory from = scratch.input(gateUp, ElementType.BF16);
    geglu.launch(engine.recorder(), target, from, out.size());
    scratch.written(out, ElementType.BF16);
  }

  /** Computes the gradient of [gate | up] from dOut. */
  void gegluGradient(GpuTensor dGateUp, GpuTensor dOut, GpuTensor gateUp) {
    dGateUp.useRows(gateUp.rows());
    gateUp.shape().require(dGateUp.name(), dGateUp.shape());
    requireHalves(dOut, gateUp);
    DeviceMemory target = scratch.output(dGateUp, ElementType.BF16);
    DeviceMemory gradients = scratch.input(dOut, ElementType.F32);
    DeviceMemory from = scratch.input(Scratch.Use.SECOND_INPUT, gateUp, ElementType.BF16);
    MatrixSize size = dOut.size();
    gegluBackward.launch(engine.recorder(), target, gradients, from, size);
    scratch.written(dGateUp, ElementType.BF16);
  }

  private static void requireHalves(GpuTensor out, GpuTensor gateUp) {
    if (gateUp.columns() != 2 * out.columns() || gateUp.rows() != out.rows()) {
      throw new IllegalArgumentException(
          "expected gate and up side by side for %s, found %s".formatted(out, gateUp));
    }
  }
}
