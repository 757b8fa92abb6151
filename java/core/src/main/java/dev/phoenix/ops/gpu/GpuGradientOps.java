package dev.phoenix.ops.gpu;

import dev.phoenix.device.Device;
import dev.phoenix.device.Devices;
import dev.phoenix.kernels.KernelLibrary.Form;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.ActionTargets;
import dev.phoenix.ops.AdagradStep;
import dev.phoenix.ops.AdamStep;
import dev.phoenix.ops.AttentionGradient;
import dev.phoenix.ops.Dropout;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.KeyValueGradient;
import dev.phoenix.ops.LossSum;
import dev.phoenix.ops.NormPair;
import dev.phoenix.ops.OptimizerStep;
import dev.phoenix.ops.Prefixes;
import dev.phoenix.ops.RopeShape;
import dev.phoenix.ops.RowGradients;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.SoftmaxQueries;
import dev.phoenix.ops.StepOutcome;
import dev.phoenix.ops.Trainable;
import dev.phoenix.ops.TrainableTable;
import dev.phoenix.ops.TrainedParts;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.List;

/**
 * {@link GradientOps} on a device: parameters and sums are float32; products of bfloat16 rows and
 * their backward passes are bfloat16. Operations are recorded as in {@link GpuOps}. Results are
 * bit-identical from run to run.
 */
public final class GpuGradientOps extends GpuOps implements GradientOps {
  private final GpuOps.Parts parts;
  private final GradientProducts products;
  private final RowGradientWork rows;
  private final ElementGradientWork elements;
  private final NormGradientWork norms;
  private final AttentionGradientWork attention;
  private final PoolGradientWork pools;
  private final LossWork losses;
  private final OptimizerWork optimizers;

  private GpuGradientOps(Closer owned, String name, Engine engine) {
    super(owned, name, engine, TablePlacement.AUTO);
    this.parts = parts();
    this.products = new GradientProducts(parts);
    this.rows = owned.own(new RowGradientWork(parts));
    this.elements = new ElementGradientWork(parts);
    this.norms = new NormGradientWork(parts);
    this.attention = new AttentionGradientWork(parts);
    this.pools = new PoolGradientWork(parts);
    this.losses = new LossWork(parts);
    this.optimizers = new OptimizerWork(parts);
  }

  /**
   * Opens the first device of the provider {@code name} for training.
   *
   * @throws dev.phoenix.device.DeviceException if there is no such device or it does not answer
   * @throws dev.phoenix.kernels.MissingKernelException if this build has no kernels
   */
  public static GpuGradientOps open(String name) {
    return create(name, Devices.open(name), form(name));
  }

  /** Creates training operations as {@link GpuOps#create(String, Device, Form)} does. */
  public static GpuGradientOps create(String name, Device device, Form form) {
    Engine engine = Engine.create(device, form);
    return Closer.open(owned -> new GpuGradientOps(owned, name, engine));
  }

  private static GpuTensor gpu(Tensor tensor) {
    return GpuTensor.of(tensor);
  }

  @Override
  public Trainable trainable(Scope scope, String name, Shape shape) {
    return GpuTrainable.create(parts, scope, name, shape, GpuTrainable.Kind.MOVED);
  }

  @Override
  public Trainable trainableScale(Scope scope, String name, int columns) {
    return trainable(scope, name, new Shape(1, columns));
  }

  @Override
  public Trainable trainableRows(Scope scope, String name, Shape capacity) {
    return GpuTrainable.create(parts, scope, name, capacity, GpuTrainable.Kind.ROWS);
  }

  @Override
  public Tensor shaped(Tensor storage, Shape shape) {
    return gpu(storage).shaped(shape);
  }

  @Override
  public void refresh(List<? extends Trainable> trained) {
    trained.forEach(one -> GpuTrainable.of(one).refresh());
  }

  @Override
  public void clearGradients(List<? extends Trainable> trained) {
    trained.forEach(one -> rows.zero(GpuTrainable.of(one).gradient()));
  }

  @Override
  public TrainableTable trainableTable(Scope scope, Shape shape) {
    return GpuTable.create(parts.engine(), scope, shape);
  }

  @Override
  public RowGradients rowGradients(Scope scope, TrainableTable table) {
    return GpuRowGradients.create(parts.engine(), rows, scope, GpuTable.of(table));
  }

  @Override
  public void matmulAdd(Tensor out, Tensor x, Weight w) {
    products().add(gpu(out), gpu(x), GpuMatrix.operand(w, gpu(x).type()));
  }

  @Override
  public void sigmoid(Tensor out, Tensor x) {
    elements.sigmoid(gpu(out), gpu(x));
  }

  @Override
  public void matmulInputGradient(Tensor dx, Tensor dy, Trainable w) {
    products.byRows(gpu(dx), gpu(dy), GpuTrainable.of(w), Command.Product.Sum.STORED);
  }

  @Override
  public void matmulInputGradientAdd(Tensor dx, Tensor dy, Trainable w) {
    products.byRows(gpu(dx), gpu(dy), GpuTrainable.of(w), Command.Product.Sum.ADDED);
  }

  @Override
  public void matmulWeightGradient(Trainable w, Tensor x, Tensor dy) {
    products.byMatrix(GpuTrainable.of(w), gpu(x), gpu(dy));
  }

  @Override
  public void zero(Tensor x) {
    rows.zero(gpu(x));
  }

  @Override
  public void add(Tensor out, Tensor x) {
    rows.add(gpu(out), gpu(x));
  }

  @Override
  public void addRowsGradient(Tensor dTable, Tensor dOut, int[] indices) {
    rows.addByIndex(gpu(dTable), gpu(dOut), indices);
  }

  @Override
  public void gather(Tensor out, TrainableTable table, int[] indices) {
    rows.gather(gpu(out), GpuTable.of(table), indices);
  }

  @Override
  public void gatherGradient(RowGradients gradients, Tensor dOut, int[] indices) {
    rows.addGradients(GpuRowGradients.of(gradients), gpu(dOut), indices);
  }

  @Override
  public void dropout(Tensor x, Dropout dropout) {
    rows.drop(gpu(x), dropout);
  }

  @Override
  public void gelu(Tensor out, Tensor x) {
    elements.gelu(gpu(out), gpu(x));
  }

  @Override
  public void geluGradient(Tensor dx, Tensor dy, Tensor x) {
    elements.geluGradient(gpu(dx), gpu(dy), gpu(x));
  }

  @Override
  public void siluGradient(Tensor dx, Tensor dy, Tensor x) {
    elements.siluGradient(gpu(dx), gpu(dy), gpu(x));
  }

  @Override
  public void geglu(Tensor out, Tensor gateUp) {
    elements.geglu(gpu(out), gpu(gateUp));
  }

  @Override
  public void gegluGradient(Tensor dGateUp, Tensor dOut, Tensor gateUp) {
    elements.gegluGradient(gpu(dGateUp), gpu(dOut), gpu(gateUp));
  }

  @Override
  public void rmsNormGradientAdd(Tensor dx, Tensor dy, Tensor x, Trainable scale) {
    norms.normGradientAdd(gpu(dx), gpu(dy), gpu(x), GpuTrainable.of(scale));
  }

  @Override
  public void addNormGradient(Tensor dBranch, Tensor dSum, Tensor branch, Trainable scale) {
    norms.addNormGradient(gpu(dBranch), gpu(dSum), gpu(branch), GpuTrainable.of(scale));
  }

  @Override
  public void addRmsNormGradient(
      Tensor dSum, Tensor dBranch, Tensor dOut, NormPair<Trainable> pair) {
    norms.addNormGradient(gpu(dSum), gpu(dBranch), gpu(dOut), pair);
  }

  @Override
  public void ropeGradient(Tensor dx, RowLayout layout, RopeShape shape) {
    norms.rotateBack(gpu(dx), layout, shape);
  }

  @Override
  public void attendHistoryGradient(AttentionGradient gradient, RowLayout layout, HeadShape shape) {
    attention.history(gradient, layout, shape);
  }

  @Override
  public void attendCandidatesGradient(
      AttentionGradient gradient, RowLayout candidates, KeyValueGradient history, HeadShape shape) {
    attention.candidates(gradient, candidates, history, shape);
  }

  @Override
  public void prefixMeans(Tensor out, Tensor x, RowLayout layout, Prefixes prefixes) {
    pools.means(gpu(out), gpu(x), layout, prefixes);
  }

  @Override
  public void prefixMeansGradient(Tensor dx, Tensor dOut, RowLayout layout, Prefixes prefixes) {
    pools.meansGradient(gpu(dx), gpu(dOut), layout, prefixes);
  }

  @Override
  public void l2NormalizeGradient(Tensor dx, Tensor dy, Tensor y, Tensor lengths) {
    pools.unitGradient(gpu(dx), gpu(dy), gpu(y), gpu(lengths));
  }

  @Override
  public LossSum lossSum(Scope scope) {
    return GpuLossSum.create(parts.engine(), rows, scope);
  }

  @Override
  public void sampledSoftmax(
      Tensor dots, SoftmaxQueries queries, int firstQuery, Trainable logTemperature, LossSum sum) {
    losses.sampledSoftmax(
        gpu(dots),
        queries,
        new LossWork.Run(firstQuery, GpuTrainable.of(logTemperature)),
        GpuLossSum.of(sum));
  }

  @Override
  public void addTemperatureGradient(Trainable logTemperature, LossSum sum) {
    losses.addTemperatureGradient(GpuTrainable.of(logTemperature), GpuLossSum.of(sum));
  }

  @Override
  public void actionLoss(Tensor dLogits, Tensor logits, ActionTargets targets, LossSum sum) {
    losses.actions(gpu(dLogits), gpu(logits), targets, GpuLossSum.of(sum));
  }

  @Override
  public double squaredNorm(List<? extends Trainable> trained) {
    return optimizers.squaredNorm(trained);
  }

  @Override
  public double squaredNorm(RowGradients gradients) {
    return optimizers.squaredNorm(GpuRowGradients.of(gradients));
  }

  @Override
  public void adamW(List<? extends Trainable> trained, AdamStep step) {
    optimizers.adamW(trained, step);
  }

  @Override
  public void rowwiseAdagrad(TrainableTable table, RowGradients gradients, AdagradStep step) {
    optimizers.rowwiseAdagrad(GpuTable.of(table), GpuRowGradients.of(gradients), step);
  }

  @Override
  public StepOutcome step(TrainedParts trained, LossSum sum, OptimizerStep step) {
    StepOutcome outcome = optimizers.step(trained, GpuLossSum.of(sum), step);
    refresh(trained.parameters());
    return outcome;
  }
}
