package dev.phoenix.ops.cpu;

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
import dev.phoenix.ops.Precision;
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

/** {@link GradientOps} on the CPU. */
public final class CpuGradientOps extends CpuOps implements GradientOps {
  private final WeightGradientWork weightGradient;
  private final GradientRows rows;
  private final ElementGradients elements;
  private final NormGradients normGradients;
  private final PrefixGradients prefixes;
  private final SoftmaxLoss softmax;
  private final ActionLoss actions;
  private final Optimisers optimisers;
  private AttentionGradientWork attention;

  private CpuGradientOps(int threads) {
    super(Precision.FLOAT32, threads);
    RowLoop loop = new RowLoop(team());
    this.weightGradient = new WeightGradientWork(team());
    this.rows = new GradientRows(loop);
    this.elements = new ElementGradients(loop);
    this.normGradients = new NormGradients(loop);
    this.prefixes = new PrefixGradients(loop);
    this.softmax = new SoftmaxLoss(loop);
    this.actions = new ActionLoss(loop);
    this.optimisers = new Optimisers(loop);
    this.attention = new AttentionGradientWork(team(), new HeadShape(1, 1, 2, 1));
  }

  /** Creates the operations with {@code threads} threads, the caller included. */
  public static CpuGradientOps create(int threads) {
    return new CpuGradientOps(threads);
  }

  @Override
  public Trainable trainable(Scope scope, String name, Shape shape) {
    return CpuTrainable.create(scope, name, shape, CpuTrainable.Kind.MATRIX);
  }

  @Override
  public Trainable trainableScale(Scope scope, String name, int columns) {
    return CpuTrainable.create(scope, name, new Shape(1, columns), CpuTrainable.Kind.SCALE);
  }

  @Override
  public Trainable trainableRows(Scope scope, String name, Shape capacity) {
    return CpuTrainable.create(scope, name, capacity, CpuTrainable.Kind.ROWS);
  }

  @Override
  public Tensor shaped(Tensor storage, Shape shape) {
    return CpuTensor.of(storage).shaped(shape);
  }

  @Override
  public void refresh(List<? extends Trainable> parameters) {
    for (Trainable parameter : parameters) {
      CpuTrainable.of(parameter).refresh(team());
    }
  }

  @Override
  public void clearGradients(List<? extends Trainable> parameters) {
    optimisers.clear(parameters);
  }

  @Override
  public TrainableTable trainableTable(Scope scope, Shape shape) {
    return HostTable.create(scope, shape);
  }

  @Override
  public RowGradients rowGradients(Scope scope, TrainableTable table) {
    return CpuRowGradients.create(scope, HostTable.of(table));
  }

  @Override
  public void matmulAdd(Tensor out, Tensor x, Weight w) {
    multiply(out, x, w, MatmulWork.Epilogue.ADD);
  }

  @Override
  public void sigmoid(Tensor out, Tensor x) {
    element(out, x, ElementWork.Function.SIGMOID);
  }

  @Override
  public void matmulInputGradient(Tensor dx, Tensor dy, Trainable w) {
    matmul(dx, dy, CpuTrainable.of(w).transposed());
  }

  @Override
  public void matmulInputGradientAdd(Tensor dx, Tensor dy, Trainable w) {
    matmulAdd(dx, dy, CpuTrainable.of(w).transposed());
  }

  @Override
  public void matmulWeightGradient(Trainable w, Tensor x, Tensor dy) {
    weightGradient.run(CpuTrainable.of(w).gradient(), CpuTensor.of(x), CpuTensor.of(dy));
  }

  @Override
  public void zero(Tensor x) {
    rows.zero(CpuTensor.of(x));
  }

  @Override
  public void add(Tensor out, Tensor x) {
    rows.add(CpuTensor.of(out), CpuTensor.of(x));
  }

  @Override
  public void addRowsGradient(Tensor dTable, Tensor dOut, int[] indices) {
    rows.addByIndex(CpuTensor.of(dTable), CpuTensor.of(dOut), indices);
  }

  @Override
  public void gather(Tensor out, TrainableTable table, int[] indices) {
    rows.gather(CpuTensor.of(out), HostTable.of(table), indices);
  }

  @Override
  public void gatherGradient(RowGradients gradients, Tensor dOut, int[] indices) {
    rows.addGradients(CpuRowGradients.of(gradients), CpuTensor.of(dOut), indices);
  }

  @Override
  public void dropout(Tensor x, Dropout dropout) {
    rows.drop(CpuTensor.of(x), dropout);
  }

  @Override
  public void gelu(Tensor out, Tensor x) {
    element(out, x, ElementWork.Function.GELU);
  }

  @Override
  public void geluGradient(Tensor dx, Tensor dy, Tensor x) {
    elements.gelu(CpuTensor.of(dx), CpuTensor.of(dy), CpuTensor.of(x));
  }

  @Override
  public void siluGradient(Tensor dx, Tensor dy, Tensor x) {
    elements.silu(CpuTensor.of(dx), CpuTensor.of(dy), CpuTensor.of(x));
  }

  @Override
  public void geglu(Tensor out, Tensor gateUp) {
    elements.geglu(CpuTensor.of(out), CpuTensor.of(gateUp));
  }

  @Override
  public void gegluGradient(Tensor dGateUp, Tensor dOut, Tensor gateUp) {
    elements.gegluGradient(CpuTensor.of(dGateUp), CpuTensor.of(dOut), CpuTensor.of(gateUp));
  }

  @Override
  public void rmsNormGradientAdd(Tensor dx, Tensor dy, Tensor x, Trainable scale) {
    normGradients.addGradient(
        CpuTensor.of(dx), CpuTensor.of(dy), CpuTensor.of(x), CpuTrainable.of(scale));
  }

  @Override
  public void addNormGradient(Tensor dBranch, Tensor dSum, Tensor branch, Trainable scale) {
    normGradients.setGradient(
        CpuTensor.of(dBranch), CpuTensor.of(dSum), CpuTensor.of(branch), CpuTrainable.of(scale));
  }

  @Override
  public void ropeGradient(Tensor dx, RowLayout layout, RopeShape shape) {
    rotation().runBack(CpuTensor.of(dx), layout, shape);
  }

  @Override
  public void attendHistoryGradient(AttentionGradient gradient, RowLayout layout, HeadShape shape) {
    attention(shape).history(gradient, layout);
  }

  @Override
  public void attendCandidatesGradient(
      AttentionGradient gradient, RowLayout candidates, KeyValueGradient history, HeadShape shape) {
    attention(shape).candidates(gradient, candidates, history);
  }

  private AttentionGradientWork attention(HeadShape shape) {
    if (!attention.shape().equals(shape)) {
      attention = new AttentionGradientWork(team(), shape);
    }
    return attention;
  }

  @Override
  public void prefixMeans(Tensor out, Tensor x, RowLayout layout, Prefixes what) {
    prefixes.means(CpuTensor.of(out), CpuTensor.of(x), layout, what);
  }

  @Override
  public void prefixMeansGradient(Tensor dx, Tensor dOut, RowLayout layout, Prefixes what) {
    prefixes.gradient(CpuTensor.of(dx), CpuTensor.of(dOut), layout, what);
  }

  @Override
  public void l2NormalizeGradient(Tensor dx, Tensor dy, Tensor y, Tensor lengths) {
    y.shape().requireRows(lengths.name(), lengths.shape());
    prefixes.unitLength(CpuTensor.of(dx), CpuTensor.of(dy), CpuTensor.of(y), CpuTensor.of(lengths));
  }

  @Override
  public LossSum lossSum(Scope scope) {
    return new HostLossSum();
  }

  @Override
  public void sampledSoftmax(
      Tensor dots, SoftmaxQueries queries, int firstQuery, Trainable logTemperature, LossSum sum) {
    float scale = (float) HostLossSum.inverse(logTemperature);
    softmax.run(
        CpuTensor.of(dots),
        queries,
        new SoftmaxLoss.Scores(firstQuery, scale),
        HostLossSum.of(sum));
  }

  @Override
  public void addTemperatureGradient(Trainable logTemperature, LossSum sum) {
    HostLossSum.of(sum).addSlopeTo(logTemperature);
  }

  @Override
  public void actionLoss(Tensor dLogits, Tensor logits, ActionTargets targets, LossSum sum) {
    HostLossSum.of(sum).addLoss(actions.run(CpuTensor.of(dLogits), CpuTensor.of(logits), targets));
  }

  @Override
  public double squaredNorm(List<? extends Trainable> parameters) {
    return optimisers.squaredNorm(parameters);
  }

  @Override
  public double squaredNorm(RowGradients gradients) {
    return optimisers.squaredNorm(CpuRowGradients.of(gradients));
  }

  @Override
  public void adamW(List<? extends Trainable> parameters, AdamStep step) {
    optimisers.adamW(parameters, step);
  }

  @Override
  public void rowwiseAdagrad(TrainableTable table, RowGradients gradients, AdagradStep step) {
    optimisers.rowwiseAdagrad(HostTable.of(table), CpuRowGradients.of(gradients), step);
  }
}
