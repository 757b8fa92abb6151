package dev.phoenix.ops.reference;

import dev.phoenix.kernels.reference.ActivationBackwardReference;
import dev.phoenix.kernels.reference.ActivationReference;
import dev.phoenix.kernels.reference.L2NormalizeBackwardReference;
import dev.phoenix.kernels.reference.RowwiseAdagradReference;
import dev.phoenix.ops.ActionTargets;
import dev.phoenix.ops.AdagradStep;
import dev.phoenix.ops.AdamStep;
import dev.phoenix.ops.AttentionGradient;
import dev.phoenix.ops.Dropout;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.HostLossSum;
import dev.phoenix.ops.HostTable;
import dev.phoenix.ops.KeyValueGradient;
import dev.phoenix.ops.LossSum;
import dev.phoenix.ops.Prefixes;
import dev.phoenix.ops.RopeShape;
import dev.phoenix.ops.RowGradients;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.SoftmaxQueries;
import dev.phoenix.ops.Trainable;
import dev.phoenix.ops.TrainableTable;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.List;

/**
 * {@link GradientOps} by the scalar definitions: slow and single-threaded. Tests compare the other
 * backends with it.
 */
public final class ReferenceGradientOps extends ReferenceOps implements GradientOps {
  private ReferenceGradientOps() {}

  /** Creates the reference operations of training. */
  public static ReferenceGradientOps create() {
    return new ReferenceGradientOps();
  }

  @Override
  public Trainable trainable(Scope scope, String name, Shape shape) {
    return new ReferenceTrainable(scope, name, shape);
  }

  @Override
  public Trainable trainableScale(Scope scope, String name, int columns) {
    return trainable(scope, name, new Shape(1, columns));
  }

  @Override
  public Trainable trainableRows(Scope scope, String name, Shape capacity) {
    return trainable(scope, name, capacity);
  }

  @Override
  public Tensor shaped(Tensor storage, Shape shape) {
    return new ReferenceTensor(storage.name(), shape);
  }

  @Override
  public void refresh(List<? extends Trainable> parameters) {
    parameters.forEach(parameter -> ReferenceTrainable.of(parameter).refresh());
  }

  @Override
  public void clearGradients(List<? extends Trainable> parameters) {
    parameters.forEach(parameter -> zero(parameter.gradient()));
  }

  @Override
  public TrainableTable trainableTable(Scope scope, Shape shape) {
    return HostTable.create(scope, shape);
  }

  @Override
  public RowGradients rowGradients(Scope scope, TrainableTable table) {
    return new ReferenceRowGradients(table.columns());
  }

  @Override
  public void matmulAdd(Tensor out, Tensor x, Weight w) {
    float[] sum = values(out);
    float[] product = ReferenceProduct.of(out, x, w.shape(), ReferenceWeight.of(w).values());
    new Shape(x.rows(), w.shape().columns()).require(out.name(), out.shape());
    for (int i = 0; i < sum.length; i++) {
      sum[i] += product[i];
    }
    out.set(sum);
  }

  @Override
  public void sigmoid(Tensor out, Tensor x) {
    float[] values = values(x);
    ActivationReference.sigmoid(values, values);
    out.useRows(x.rows());
    out.set(values);
  }

  @Override
  public void matmulInputGradient(Tensor dx, Tensor dy, Trainable w) {
    dx.useRows(dy.rows());
    dx.set(new float[dx.shape().elements()]);
    matmulInputGradientAdd(dx, dy, w);
  }

  @Override
  public void matmulInputGradientAdd(Tensor dx, Tensor dy, Trainable w) {
    ReferenceGradients.left(dx, dy, w);
  }

  @Override
  public void matmulWeightGradient(Trainable w, Tensor x, Tensor dy) {
    ReferenceGradients.right(w, x, dy);
  }

  @Override
  public void zero(Tensor x) {
    x.set(new float[x.shape().elements()]);
  }

  @Override
  public void add(Tensor out, Tensor x) {
    ReferenceRows.add(out, x);
  }

  @Override
  public void addRowsGradient(Tensor dTable, Tensor dOut, int[] rows) {
    ReferenceRows.addByIndex(dTable, dOut, rows);
  }

  @Override
  public void gather(Tensor out, TrainableTable table, int[] rows) {
    ReferenceRows.gather(out, HostTable.of(table), rows);
  }

  @Override
  public void gatherGradient(RowGradients gradients, Tensor dOut, int[] rows) {
    ReferenceRowGradients.of(gradients).add(values(dOut), rows);
  }

  @Override
  public void dropout(Tensor x, Dropout dropout) {
    ReferenceRows.drop(x, dropout);
  }

  @Override
  public void gelu(Tensor out, Tensor x) {
    float[] values = values(x);
    ActivationReference.gelu(values, values);
    write(out, x, values);
  }

  @Override
  public void geluGradient(Tensor dx, Tensor dy, Tensor x) {
    float[] gradient = new float[x.shape().elements()];
    ActivationBackwardReference.gelu(gradient, values(dy), values(x));
    write(dx, x, gradient);
  }

  @Override
  public void siluGradient(Tensor dx, Tensor dy, Tensor x) {
    float[] gradient = new float[x.shape().elements()];
    ActivationBackwardReference.silu(gradient, values(dy), values(x));
    write(dx, x, gradient);
  }

  @Override
  public void geglu(Tensor out, Tensor gateUp) {
    ReferenceGradients.geglu(out, gateUp);
  }

  @Override
  public void gegluGradient(Tensor dGateUp, Tensor dOut, Tensor gateUp) {
    ReferenceGradients.gegluGradient(dGateUp, dOut, gateUp);
  }

  @Override
  public void rmsNormGradientAdd(Tensor dx, Tensor dy, Tensor x, Trainable scale) {
    ReferenceGradients.rmsNorm(dx, dy, x, scale);
  }

  @Override
  public void addNormGradient(Tensor dBranch, Tensor dSum, Tensor branch, Trainable scale) {
    dBranch.useRows(branch.rows());
    zero(dBranch);
    rmsNormGradientAdd(dBranch, dSum, branch, scale);
  }

  @Override
  public void ropeGradient(Tensor dx, RowLayout rows, RopeShape shape) {
    ReferenceGradients.rope(dx, rows, shape);
  }

  @Override
  public void attendHistoryGradient(AttentionGradient gradient, RowLayout rows, HeadShape shape) {
    ReferenceAttentionGradient.history(gradient, rows, shape);
  }

  @Override
  public void attendCandidatesGradient(
      AttentionGradient gradient, RowLayout candidates, KeyValueGradient history, HeadShape shape) {
    Operands.requireRequests(candidates, history.rows());
    ReferenceAttentionGradient.candidates(gradient, candidates, history, shape);
  }

  @Override
  public void prefixMeans(Tensor out, Tensor x, RowLayout rows, Prefixes prefixes) {
    ReferenceRows.means(out, x, rows, prefixes);
  }

  @Override
  public void prefixMeansGradient(Tensor dx, Tensor dOut, RowLayout rows, Prefixes prefixes) {
    ReferenceRows.meansGradient(dx, dOut, rows, prefixes);
  }

  @Override
  public void l2NormalizeGradient(Tensor dx, Tensor dy, Tensor y, Tensor lengths) {
    y.shape().requireRows(lengths.name(), lengths.shape());
    float[] norms = values(lengths);
    float[] x = values(y);
    for (int i = 0; i < x.length; i++) {
      x[i] *= norms[i / y.columns()];
    }
    float[] gradient = new float[x.length];
    L2NormalizeBackwardReference.apply(gradient, values(dy), x, y.columns());
    write(dx, y, gradient);
  }

  @Override
  public LossSum lossSum(Scope scope) {
    return new HostLossSum();
  }

  @Override
  public void sampledSoftmax(
      Tensor dots, SoftmaxQueries queries, int firstQuery, Trainable logTemperature, LossSum sum) {
    double[] sums = new double[2];
    ReferenceLosses.softmax(
        ReferenceTensor.of(dots), queries, firstQuery, HostLossSum.inverse(logTemperature), sums);
    HostLossSum.of(sum).addLoss(sums[0]);
    HostLossSum.of(sum).addSlope(sums[1]);
  }

  @Override
  public void addTemperatureGradient(Trainable logTemperature, LossSum sum) {
    HostLossSum.of(sum).addSlopeTo(logTemperature);
  }

  @Override
  public void actionLoss(Tensor dLogits, Tensor logits, ActionTargets targets, LossSum sum) {
    float[] gradient = new float[logits.shape().elements()];
    HostLossSum.of(sum)
        .addLoss(ReferenceLosses.actions(gradient, values(logits), logits.columns(), targets));
    write(dLogits, logits, gradient);
  }

  @Override
  public double squaredNorm(List<? extends Trainable> parameters) {
    return parameters.stream().mapToDouble(p -> ReferenceRows.squares(values(p.gradient()))).sum();
  }

  @Override
  public double squaredNorm(RowGradients gradients) {
    return ReferenceRows.squares(ReferenceRowGradients.of(gradients).sums().gradients());
  }

  @Override
  public void adamW(List<? extends Trainable> parameters, AdamStep step) {
    parameters.forEach(parameter -> ReferenceGradients.adamW(parameter, step));
  }

  @Override
  public void rowwiseAdagrad(TrainableTable table, RowGradients gradients, AdagradStep step) {
    var sums = ReferenceRowGradients.of(gradients).sums();
    ReferenceRows.scaled(sums.gradients(), step.gradientFactor());
    RowwiseAdagradReference.apply(
        HostTable.of(table).values(),
        HostTable.of(table).accumulators(),
        sums,
        new RowwiseAdagradReference.Settings(step.rate(), step.epsilon()));
  }
}
