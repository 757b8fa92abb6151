package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.ActionHeadsKernel;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Shape;

/** The ranker's output heads: norm, product and sigmoid in one kernel. */
final class HeadWork {
  private final Engine engine;
  private final Scratch scratch;
  private final ActionHeadsKernel heads;

  HeadWork(Engine engine, Scratch scratch) {
    this.engine = engine;
    this.scratch = scratch;
    this.heads = new ActionHeadsKernel(engine.library(), ElementType.F32);
  }

  /** logits = rms(hidden) * scale · head, probabilities = sigmoid(logits). */
  void score(
      GpuTensor probabilities, GpuTensor logits, GpuTensor hidden, Weight scale, Weight head) {
    GpuMatrix weights = GpuMatrix.of(head, GpuMatrix.Form.PLAIN);
    DeviceMemory factors = GpuMatrix.scale(scale, hidden.columns());
    new Shape(hidden.columns(), logits.columns()).require("head", weights.shape());
    probabilities.useRows(hidden.rows());
    logits.useRows(hidden.rows());
    logits.shape().require(probabilities.name(), probabilities.shape());
    TokenWork.requireFloats(probabilities);
    TokenWork.requireFloats(logits);
    if (weights.type() != ElementType.F32) {
      throw new IllegalArgumentException("a head is float32, found " + weights.type());
    }
    DeviceMemory rows = scratch.input(hidden, ElementType.F32);
    heads.launch(
        engine.recorder(),
        new ActionHeadsKernel.Outputs(probabilities.memory(), logits.memory()),
        new ActionHeadsKernel.Inputs(rows, factors, weights.memory()),
        hidden.size(),
        logits.columns());
  }
}
