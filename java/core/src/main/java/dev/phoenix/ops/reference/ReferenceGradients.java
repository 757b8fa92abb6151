package dev.phoenix.ops.reference;

import dev.phoenix.kernels.reference.AdamWReference;
import dev.phoenix.kernels.reference.GegluBackwardReference;
import dev.phoenix.kernels.reference.GegluReference;
import dev.phoenix.kernels.reference.MatmulBackwardReference;
import dev.phoenix.kernels.reference.MatmulReference;
import dev.phoenix.kernels.reference.RmsNormBackwardReference;
import dev.phoenix.kernels.reference.RopeBackwardReference;
import dev.phoenix.ops.AdamStep;
import dev.phoenix.ops.RopeShape;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.Trainable;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;

/** Applies the reference definitions of matrix products, gates, norms and AdamW to tensors. */
final class ReferenceGradients {
  private ReferenceGradients() {}

  private static float[] values(Tensor tensor) {
    return ReferenceTensor.of(tensor).values();
  }

  private static float[] columns(Tensor tensor, int from, int count) {
    return ReferenceKeyValues.columns(ReferenceTensor.of(tensor), from, count);
  }

  /** dx += dy · wᵀ. */
  static void left(Tensor dx, Tensor dy, Trainable w) {
    Shape shape = w.shape();
    new Shape(dx.rows(), shape.columns()).require(dy.name(), dy.shape());
    new Shape(dx.rows(), shape.rows()).require(dx.name(), dx.shape());
    float[] sum = values(dx);
    MatmulBackwardReference.left(
        sum,
        values(dy),
        ReferenceTrainable.of(w).refreshed(),
        new MatmulReference.Shape(dx.rows(), shape.rows(), shape.columns()));
    dx.set(sum);
  }

  /** dw += xᵀ · dy. */
  static void right(Trainable w, Tensor x, Tensor dy) {
    new Shape(x.columns(), dy.columns()).require("gradient", w.gradient().shape());
    new Shape(x.rows(), dy.columns()).require(dy.name(), dy.shape());
    float[] sum = values(w.gradient());
    MatmulBackwardReference.right(
        sum, values(dy), values(x), new MatmulReference.Shape(x.rows(), x.columns(), dy.columns()));
    w.gradient().set(sum);
  }

  static void geglu(Tensor out, Tensor gateUp) {
    int f = out.columns();
    float[] gate = columns(gateUp, 0, f);
    GegluReference.apply(gate, gate, columns(gateUp, f, f));
    out.useRows(gateUp.rows());
    out.set(gate);
  }

  static void gegluGradient(Tensor dGateUp, Tensor dOut, Tensor gateUp) {
    int f = dOut.columns();
    float[] dGate = new float[dOut.shape().elements()];
    float[] dUp = new float[dGate.length];
    GegluBackwardReference.apply(
        new GegluBackwardReference.Gradients(dGate, dUp),
        values(dOut),
        columns(gateUp, 0, f),
        columns(gateUp, f, f));
    dGateUp.useRows(gateUp.rows());
    dGateUp.set(ReferenceRows.beside(dOut.rows(), dGate, dUp));
  }

  /** dx and the gradient of scale += the gradients of rms(x) * scale. */
  static void rmsNorm(Tensor dx, Tensor dy, Tensor x, Trainable scale) {
    Operands.requireScale(x, scale);
    x.shape().require(dx.name(), dx.shape());
    float[] sum = values(dx);
    float[] dScale = values(scale.gradient());
    RmsNormBackwardReference.apply(
        new RmsNormBackwardReference.Gradients(sum, dScale),
        values(dy),
        values(x),
        ReferenceTrainable.of(scale).refreshed());
    dx.set(sum);
    scale.gradient().set(dScale);
  }

  static void rope(Tensor dx, RowLayout rows, RopeShape shape) {
    int[] positions = new int[rows.rows()];
    Arrays.setAll(positions, rows::position);
    float[] values = values(dx);
    RopeBackwardReference.apply(values, positions, Definitions.shape(shape));
    dx.set(values);
  }

  static void adamW(Trainable parameter, AdamStep step) {
    float[] value = values(parameter.value());
    float[] mean = values(parameter.firstMoment());
    float[] square = values(parameter.secondMoment());
    AdamWReference.apply(
        value,
        new AdamWReference.Moments(mean, square),
        ReferenceRows.scaled(values(parameter.gradient()), step.gradientFactor()),
        new AdamWReference.Settings(
            step.rate(), step.beta1(), step.beta2(), step.epsilon(), step.decay()),
        Math.toIntExact(step.count()));
    parameter.value().set(value);
    parameter.firstMoment().set(mean);
    parameter.secondMoment().set(square);
  }
}
