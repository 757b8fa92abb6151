package dev.phoenix.ops.reference;

import dev.phoenix.kernels.reference.ActivationBackwardReference;
import dev.phoenix.kernels.reference.ActivationReference;
import dev.phoenix.kernels.reference.AdamWReference;
import dev.phoenix.kernels.reference.AttentionShape;
import dev.phoenix.kernels.reference.GegluBackwardReference;
import dev.phoenix.kernels.reference.GegluReference;
import dev.phoenix.kernels.reference.L2NormalizeBackwardReference;
import dev.phoenix.kernels.reference.MatmulBackwardReference;
import dev.phoenix.kernels.reference.MatmulReference;
import dev.phoenix.kernels.reference.RmsNormBackwardReference;
import dev.phoenix.kernels.reference.RmsNormReference;
import dev.phoenix.kernels.reference.RopeBackwardReference;
import dev.phoenix.kernels.reference.RopeReference;
import dev.phoenix.kernels.reference.RowwiseAdagradReference;
import dev.phoenix.ops.ActionTargets;
import dev.phoenix.ops.AdagradStep;
import dev.phoenix.ops.AdamStep;
import dev.phoenix.ops.AttentionGradient;
import dev.phoenix.ops.Dropout;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.KeyValueGradient;
import dev.phoenix.ops.NormPair;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Prefixes;
import dev.phoenix.ops.RowGradients;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.SoftmaxQueries;
import dev.phoenix.ops.Trainable;
import dev.phoenix.ops.TrainableTable;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * {@link GradientOps} on the scalar definitions: slow, one thread, what the other backends are
 * compared with.
 */
public final class ReferenceGradientOps implements GradientOps {
  private final ReferenceOps ops = ReferenceOps.create();

  private ReferenceGradientOps() {}

  /** The reference operations of training. */
  public static ReferenceGradientOps create() {
    return new ReferenceGradientOps();
  }

  @Override
  public Ops ops() {
    return ops;
  }

  @Override
  public Trainable matrix(Scope scope, String name, Shape shape) {
    return new ReferenceTrainable(scope, name, shape);
  }

  @Override
  public Trainable scale(Scope scope, String name, int columns) {
    return matrix(scope, name, new Shape(1, columns));
  }

  @Override
  public Trainable rowMatrix(Scope scope, String name, Shape capacity) {
    return matrix(scope, name, capacity);
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
  public TrainableTable table(Scope scope, Shape shape) {
    return new ReferenceTable(shape);
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

  @Override
  public void matmulWeightGradient(Trainable w, Tensor x, Tensor dy) {
    new Shape(x.columns(), dy.columns()).require("gradient", w.gradient().shape());
    new Shape(x.rows(), dy.columns()).require(dy.name(), dy.shape());
    float[] sum = values(w.gradient());
    MatmulBackwardReference.right(
        sum, values(dy), values(x), new MatmulReference.Shape(x.rows(), x.columns(), dy.columns()));
    w.gradient().set(sum);
  }

  @Override
  public void zero(Tensor x) {
    x.set(new float[x.shape().elements()]);
  }

  @Override
  public void add(Tensor out, Tensor x) {
    x.shape().require(out.name(), out.shape());
    float[] sum = values(out);
    float[] terms = values(x);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += terms[i];
    }
    out.set(sum);
  }

  @Override
  public void takeRows(Tensor out, Tensor x, int[] rows) {
    ReferenceRows.take(out, x, rows);
  }

  @Override
  public void addRowsGradient(Tensor dTable, Tensor dOut, int[] rows) {
    ReferenceRows.addByIndex(dTable, dOut, rows);
  }

  @Override
  public void gatherRows(Tensor out, TrainableTable table, int[] rows) {
    ReferenceRows.gather(out, ReferenceTable.of(table), rows);
  }

  @Override
  public void addRowGradients(RowGradients gradients, Tensor dOut, int[] rows) {
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
  public void silu(Tensor out, Tensor x) {
    float[] values = values(x);
    ActivationReference.silu(values, values);
    write(out, x, values);
  }

  @Override
  public void siluGradient(Tensor dx, Tensor dy, Tensor x) {
    float[] gradient = new float[x.shape().elements()];
    ActivationBackwardReference.silu(gradient, values(dy), values(x));
    write(dx, x, gradient);
  }

  @Override
  public void geglu(Tensor out, Tensor gateUp) {
    int f = out.columns();
    float[] gate = columns(gateUp, 0, f);
    GegluReference.apply(gate, gate, columns(gateUp, f, f));
    out.useRows(gateUp.rows());
    out.set(gate);
  }

  @Override
  public void gegluGradient(Tensor dGateUp, Tensor dOut, Tensor gateUp) {
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

  @Override
  public void rmsNormGradientAdd(Tensor dx, Tensor dy, Tensor x, Trainable scale) {
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

  @Override
  public void addNormed(Tensor sum, Tensor residual, Tensor branch, Trainable scale) {
    Operands.requireScale(branch, scale);
    float[] normed = new float[branch.shape().elements()];
    RmsNormReference.apply(normed, values(branch), ReferenceTrainable.of(scale).refreshed());
    float[] before = values(residual);
    for (int i = 0; i < normed.length; i++) {
      normed[i] += before[i];
    }
    write(sum, branch, normed);
  }

  @Override
  public void addNormedGradient(Tensor dBranch, Tensor dSum, Tensor branch, Trainable scale) {
    dBranch.useRows(branch.rows());
    zero(dBranch);
    rmsNormGradientAdd(dBranch, dSum, branch, scale);
  }

  @Override
  public void addRmsNorm(Tensor out, NormPair pair, Tensor residual) {
    addNormed(pair.sum(), residual, pair.branch(), pair.branchScale());
    ops.rmsNorm(out, pair.sum(), pair.nextScale());
  }

  @Override
  public void addRmsNormGradient(Tensor dSum, Tensor dBranch, Tensor dOut, NormPair pair) {
    rmsNormGradientAdd(dSum, dOut, pair.sum(), pair.nextScale());
    addNormedGradient(dBranch, dSum, pair.branch(), pair.branchScale());
  }

  @Override
  public void ropeGradient(Tensor dx, RowLayout rows, RopeReference.Shape shape) {
    int[] positions = new int[rows.rows()];
    Arrays.setAll(positions, rows::position);
    float[] values = values(dx);
    RopeBackwardReference.apply(values, positions, shape);
    dx.set(values);
  }

  @Override
  public void attendHistoryGradient(
      AttentionGradient gradient, RowLayout rows, AttentionShape shape) {
    ReferenceAttentionGradient.history(gradient, rows, shape);
  }

  @Override
  public void attendCandidatesGradient(
      AttentionGradient gradient,
      RowLayout candidates,
      KeyValueGradient history,
      AttentionShape shape) {
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
  public void l2NormalizeGradient(Tensor dx, Tensor dy, Tensor y, float[] norms) {
    float[] x = values(y);
    for (int i = 0; i < x.length; i++) {
      x[i] *= norms[i / y.columns()];
    }
    float[] gradient = new float[x.length];
    L2NormalizeBackwardReference.apply(gradient, values(dy), x, y.columns());
    write(dx, y, gradient);
  }

  @Override
  public void sampledSoftmax(
      Tensor dots,
      SoftmaxQueries queries,
      int firstQuery,
      double inverseTemperature,
      double[] sums) {
    float[] all = values(dots);
    int columns = dots.columns();
    for (int row = 0; row < dots.rows(); row++) {
      float[] own = Arrays.copyOfRange(all, row * columns, (row + 1) * columns);
      ReferenceLosses.softmax(own, queries, firstQuery + row, inverseTemperature, sums);
      System.arraycopy(own, 0, all, row * columns, columns);
    }
    dots.set(all);
  }

  @Override
  public double actionLoss(Tensor dLogits, Tensor logits, ActionTargets targets) {
    float[] gradient = new float[logits.shape().elements()];
    double loss = ReferenceLosses.actions(gradient, values(logits), logits.columns(), targets);
    write(dLogits, logits, gradient);
    return loss;
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
    AdamWReference.Settings settings =
        new AdamWReference.Settings(
            step.rate(), step.beta1(), step.beta2(), step.epsilon(), step.decay());
    for (Trainable parameter : parameters) {
      float[] value = values(parameter.value());
      float[] mean = values(parameter.firstMoment());
      float[] square = values(parameter.secondMoment());
      AdamWReference.apply(
          value,
          new AdamWReference.Moments(mean, square),
          ReferenceRows.scaled(values(parameter.gradient()), step.gradientFactor()),
          settings,
          Math.toIntExact(step.count()));
      parameter.value().set(value);
      parameter.firstMoment().set(mean);
      parameter.secondMoment().set(square);
    }
  }

  @Override
  public void rowwiseAdagrad(TrainableTable table, RowGradients gradients, AdagradStep step) {
    var sums = ReferenceRowGradients.of(gradients).sums();
    ReferenceRows.scaled(sums.gradients(), step.gradientFactor());
    RowwiseAdagradReference.apply(
        ReferenceTable.of(table).values(),
        ReferenceTable.of(table).accumulators(),
        sums,
        new RowwiseAdagradReference.Settings(step.rate(), step.epsilon()));
  }

  @Override
  public void close() {
    ops.close();
  }

  private static float[] values(Tensor tensor) {
    return ReferenceTensor.of(tensor).values();
  }

  private static float[] columns(Tensor tensor, int from, int count) {
    return ReferenceKeyValues.columns(ReferenceTensor.of(tensor), from, count);
  }

  /** Writes a result of the shape of {@code like} to {@code out}. */
  private static void write(Tensor out, Tensor like, float[] values) {
    Operands.requireColumns(out, like);
    out.useRows(like.rows());
    out.set(values);
  }
}
