package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.AdamWKernel;
import dev.phoenix.kernels.GradientNormKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.OptimizerState;
import dev.phoenix.kernels.ParameterTable;
import dev.phoenix.kernels.RowwiseAdagradKernel;
import dev.phoenix.ops.AdagradStep;
import dev.phoenix.ops.AdamStep;
import dev.phoenix.ops.OptimizerStep;
import dev.phoenix.ops.StepOutcome;
import dev.phoenix.ops.Trainable;
import dev.phoenix.ops.TrainedParts;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Gradient norms and the steps of AdamW and row-wise AdaGrad: one launch for all parameters. */
final class OptimizerWork {
  private static final long SLACK = 4096;
  private static final AdagradStep NO_ROWS = new AdagradStep(0, 0, 1);

  /** The control block followed by the loss and its slope. */
  private static final long LOG_BYTES = OptimizerState.CONTROL_BYTES + GpuLossSum.BYTES;

  private final Engine engine;
  private final Scratch scratch;
  private final GradientNormKernel norm;
  private final AdamWKernel adamW;
  private final RowwiseAdagradKernel adagrad;

  OptimizerWork(GpuOps.Parts parts) {
    this.engine = parts.engine();
    this.scratch = parts.scratch();
    this.norm = new GradientNormKernel(engine.library());
    this.adamW = new AdamWKernel(engine.library());
    this.adagrad = new RowwiseAdagradKernel(engine.library());
  }

  /** The sum of squares of all gradients. */
  double squaredNorm(List<? extends Trainable> parameters) {
    ParameterTable table = table(parameters);
    int pieces = table.pieces();
    if (pieces == 0) {
      return 0;
    }
    DeviceMemory partials = scratch.memory(Scratch.Use.PARTIALS, (long) pieces * Double.BYTES);
    reserve(table);
    norm.launch(engine.recorder(), partials, stage(table));
    return finish(new GradientNormKernel.Squares(partials, pieces));
  }

  /** The sum of squares of all gradients of rows. */
  double squaredNorm(GpuRowGradients gradients) {
    int parts = partials(gradients);
    if (parts == 0) {
      return 0;
    }
    DeviceMemory partials = scratch.memory(Scratch.Use.PARTIALS, (long) parts * Double.BYTES);
    engine.reserve(SLACK);
    launchRows(partials, gradients);
    return finish(new GradientNormKernel.Squares(partials, parts));
  }

  private static int partials(GpuRowGradients gradients) {
    int count = gradients.count();
    return count == 0 ? 0 : GradientNormKernel.rowPartials(RowBuckets.rows(count));
  }

  private void launchRows(DeviceMemory partials, GpuRowGradients gradients) {
    int count = gradients.count();
    DeviceMemory used = engine.stageIntegers(new int[] {count}, 1, 1, 0);
    MatrixSize size = new MatrixSize(RowBuckets.rows(count), gradients.table().columns());
    norm.launchRows(engine.recorder(), partials, gradients.sums(), used, size);
  }

  private double finish(GradientNormKernel.Squares squares) {
    DeviceMemory control = scratch.memory(Scratch.Use.CONTROL, LOG_BYTES);
    var anyLength = new OptimizerState.Settings(0, 0, 0, 0, 0, Float.POSITIVE_INFINITY, 0, 0);
    norm.finish(engine.recorder(), control, squares, null, stage(anyLength));
    MemorySegment read = engine.read(control.slice(0, OptimizerState.CONTROL_BYTES));
    double length = OptimizerState.Control.read(read).norm();
    return length * length;
  }

  /**
   * A whole step with norm, clipping and both optimisers, decided on the device. The host then
   * reads the control block and the loss in one copy.
   */
  StepOutcome step(TrainedParts trained, GpuLossSum sum, OptimizerStep step) {
    GpuRowGradients rows = GpuRowGradients.of(trained.rows());
    ParameterTable table = table(trained.parameters());
    int pieces = table.pieces();
    int rowParts = partials(rows);
    DeviceMemory partials =
        scratch.memory(Scratch.Use.PARTIALS, (long) (pieces + rowParts) * Double.BYTES);
    DeviceMemory log = scratch.memory(Scratch.Use.CONTROL, LOG_BYTES);
    DeviceMemory control = log.slice(0, OptimizerState.CONTROL_BYTES);
    engine.reserve(
        2 * SLACK + table.tensorBytes() + table.pieceBytes() + 4L * RowBuckets.rows(rows.count()));
    DeviceMemory settings = stage(settings(step));
    ParameterTable.Placed placed = stage(table);
    norm.launch(engine.recorder(), partials, placed);
    if (rowParts > 0) {
      long from = (long) pieces * Double.BYTES;
      launchRows(partials.slice(from, (long) rowParts * Double.BYTES), rows);
    }
    engine.recorder().copy(control, stage(before(step.dense())));
    norm.finish(
        engine.recorder(),
        control,
        new GradientNormKernel.Squares(partials, pieces + rowParts),
        sum.memory(),
        settings);
    adamW.launch(engine.recorder(), placed, control, settings);
    trained.parameters().forEach(parameter -> GpuTrainable.of(parameter).copied());
    if (rows.count() > 0) {
      adagrad.launch(
          engine.recorder(), GpuTable.of(trained.table()).trained(), used(rows), control, settings);
    }
    engine.recorder().copy(log.slice(OptimizerState.CONTROL_BYTES, GpuLossSum.BYTES), sum.memory());
    MemorySegment read = engine.read(log.slice(0, LOG_BYTES));
    OptimizerState.Control after = OptimizerState.Control.read(read);
    double loss = read.get(ValueLayout.JAVA_FLOAT, OptimizerState.CONTROL_BYTES);
    return new StepOutcome(loss, after.norm(), after.finite());
  }

  private static OptimizerState.Settings settings(OptimizerStep step) {
    AdamStep dense = step.dense();
    return new OptimizerState.Settings(
        (float) dense.rate(),
        (float) dense.beta1(),
        (float) dense.beta2(),
        (float) dense.epsilon(),
        (float) dense.decay(),
        (float) step.clipNorm(),
        (float) step.rows().rate(),
        (float) step.rows().epsilon());
  }

  /** The control block after the previous step. */
  private static OptimizerState.Control before(AdamStep step) {
    double taken = step.count() - 1.0;
    return new OptimizerState.Control(
        Math.pow(step.beta1(), taken), Math.pow(step.beta2(), taken), 0, 1, true, 0, 0);
  }

  private RowwiseAdagradKernel.Used used(GpuRowGradients gradients) {
    int count = gradients.count();
    int room = RowBuckets.rows(count);
    return new RowwiseAdagradKernel.Used(
        engine.stageIntegers(gradients.rowsOfSlots(), count, room, -1),
        gradients.sums(),
        engine.stageIntegers(new int[] {count}, 1, 1, 0),
        room);
  }

  /** One step of AdamW, which also updates the bfloat16 copies. */
  void adamW(List<? extends Trainable> parameters, AdamStep step) {
    ParameterTable table = table(parameters);
    reserve(table);
    OptimizerState.Control control =
        new OptimizerState.Control(
            Math.pow(step.beta1(), (double) step.count()),
            Math.pow(step.beta2(), (double) step.count()),
            0,
            (float) step.gradientFactor(),
            true,
            0,
            0);
    var settings = settings(new OptimizerStep(step, NO_ROWS, Double.POSITIVE_INFINITY));
    adamW.launch(engine.recorder(), stage(table), stage(control), stage(settings));
    parameters.forEach(parameter -> GpuTrainable.of(parameter).copied());
  }

  /** One step of row-wise AdaGrad on the rows that have a gradient. */
  void rowwiseAdagrad(GpuTable table, GpuRowGradients gradients, AdagradStep step) {
    if (gradients.count() == 0) {
      return;
    }
    engine.reserve(SLACK + 4L * RowBuckets.rows(gradients.count()));
    OptimizerState.Control control =
        new OptimizerState.Control(0, 0, 0, (float) step.gradientFactor(), true, 0, 0);
    OptimizerState.Settings settings =
        new OptimizerState.Settings(
            0, 0, 0, 0, 0, Float.POSITIVE_INFINITY, (float) step.rate(), (float) step.epsilon());
    adagrad.launch(
        engine.recorder(), table.trained(), used(gradients), stage(control), stage(settings));
  }

  private static ParameterTable table(List<? extends Trainable> parameters) {
    List<ParameterTable.Entry> entries = new ArrayList<>();
    for (Trainable parameter : parameters) {
      parameter.shape().require("moments", parameter.firstMoment().shape());
      entries.add(GpuTrainable.of(parameter).entry());
    }
    return new ParameterTable(entries);
  }

  private void reserve(ParameterTable table) {
    engine.reserve(SLACK + table.tensorBytes() + table.pieceBytes());
  }

  private ParameterTable.Placed stage(ParameterTable table) {
    Staging.Slot tensors = engine.stage(table.tensorBytes());
    Staging.Slot pieces = engine.stage(table.pieceBytes());
    table.writeTensors(tensors.host());
    table.writePieces(pieces.host());
    return new ParameterTable.Placed(tensors.device(), pieces.device(), table.pieces());
  }

  private DeviceMemory stage(OptimizerState.Control control) {
    Staging.Slot slot = engine.stage(OptimizerState.CONTROL_BYTES);
    control.write(slot.host());
    return slot.device();
  }

  private DeviceMemory stage(OptimizerState.Settings settings) {
    Staging.Slot slot = engine.stage(OptimizerState.SETTINGS_BYTES);
    settings.write(slot.host());
    return slot.device();
  }
}
