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
import dev.phoenix.ops.Trainable;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Gradient norms and the steps of AdamW and row-wise AdaGrad: one launch for all parameters. */
final class OptimizerWork {
  private static final long SLACK = 4096;

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
    DeviceMemory control = scratch.memory(Scratch.Use.CONTROL, OptimizerState.CONTROL_BYTES);
    reserve(table);
    norm.launch(engine.recorder(), partials, stage(table));
    return finish(control, partials, pieces);
  }

  /** The sum of squares of all gradients of rows. */
  double squaredNorm(GpuRowGradients gradients) {
    int count = gradients.count();
    if (count == 0) {
      return 0;
    }
    int rows = RowBuckets.rows(count);
    int parts = GradientNormKernel.rowPartials(rows);
    DeviceMemory partials = scratch.memory(Scratch.Use.PARTIALS, (long) parts * Double.BYTES);
    DeviceMemory control = scratch.memory(Scratch.Use.CONTROL, OptimizerState.CONTROL_BYTES);
    engine.reserve(SLACK);
    DeviceMemory used = engine.stageIntegers(new int[] {count}, 1, 1, 0);
    MatrixSize size = new MatrixSize(rows, gradients.table().columns());
    norm.launchRows(engine.recorder(), partials, gradients.sums(), used, size);
    return finish(control, partials, parts);
  }

  private double finish(DeviceMemory control, DeviceMemory partials, int count) {
    var anyLength = new OptimizerState.Settings(0, 0, 0, 0, 0, Float.POSITIVE_INFINITY, 0, 0);
    norm.finish(engine.recorder(), control, partials, stage(anyLength), count);
    MemorySegment read = engine.read(control.slice(0, OptimizerState.CONTROL_BYTES));
    double length = OptimizerState.Control.read(read).norm();
    return length * length;
  }

  /** One step of AdamW; the copies that products read follow. */
  void adamW(List<? extends Trainable> parameters, AdamStep step) {
    for (Trainable parameter : parameters) {
      parameter.shape().require("moments", parameter.firstMoment().shape());
    }
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
    OptimizerState.Settings settings =
        new OptimizerState.Settings(
            (float) step.rate(),
            (float) step.beta1(),
            (float) step.beta2(),
            (float) step.epsilon(),
            (float) step.decay(),
            Float.POSITIVE_INFINITY,
            0,
            0);
    adamW.launch(engine.recorder(), stage(table), stage(control), stage(settings));
    parameters.forEach(parameter -> GpuTrainable.of(parameter).copied());
  }

  /** One step of row-wise AdaGrad on the rows that have a gradient. */
  void rowwiseAdagrad(GpuTable table, GpuRowGradients gradients, AdagradStep step) {
    int count = gradients.count();
    if (count == 0) {
      return;
    }
    int room = RowBuckets.rows(count);
    engine.reserve(SLACK + 4L * room);
    OptimizerState.Control control =
        new OptimizerState.Control(0, 0, 0, (float) step.gradientFactor(), true, 0, 0);
    OptimizerState.Settings settings =
        new OptimizerState.Settings(
            0, 0, 0, 0, 0, Float.POSITIVE_INFINITY, (float) step.rate(), (float) step.epsilon());
    adagrad.launch(
        engine.recorder(),
        table.trained(),
        new RowwiseAdagradKernel.Used(
            engine.stageIntegers(gradients.rowsOfSlots(), count, room, -1),
            gradients.sums(),
            engine.stageIntegers(new int[] {count}, 1, 1, 0),
            room),
        stage(control),
        stage(settings));
  }

  private static ParameterTable table(List<? extends Trainable> parameters) {
    List<ParameterTable.Entry> entries = new ArrayList<>();
    for (Trainable parameter : parameters) {
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
