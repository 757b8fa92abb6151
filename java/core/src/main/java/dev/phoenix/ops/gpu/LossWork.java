package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.ActionLossKernel;
import dev.phoenix.kernels.AddKernel;
import dev.phoenix.kernels.ColumnSumKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.SampledSoftmaxKernel;
import dev.phoenix.ops.ActionTargets;
import dev.phoenix.ops.ContinuousLoss;
import dev.phoenix.ops.SoftmaxQueries;
import java.lang.foreign.ValueLayout;

/** The losses, which are summed on the device. */
final class LossWork {
  /** The discrete actions that are negative feedback. Source: docs/model.md#5-ranker-outputs. */
  private static final int FIRST_FEEDBACK = 14;

  private static final int LAST_FEEDBACK = 17;

  /** The continuous output that predicts dwell time. */
  private static final int DWELL = 1;

  private static final long SLACK = 8192;

  private final Engine engine;
  private final Scratch scratch;
  private final SampledSoftmaxKernel softmax;
  private final ActionLossKernel actions;
  private final ColumnSumKernel columnSum;
  private final AddKernel add;

  LossWork(GpuOps.Parts parts) {
    this.engine = parts.engine();
    this.scratch = parts.scratch();
    this.softmax = new SampledSoftmaxKernel(engine.library());
    this.actions = new ActionLossKernel(engine.library());
    this.columnSum = new ColumnSumKernel(engine.library());
    this.add = new AddKernel(engine.library());
  }

  /** The query of row 0, and the log temperature. */
  record Run(int firstQuery, GpuTrainable logTemperature) {}

  /** Replaces rows of dot products by their gradients and adds loss and slope to {@code sum}. */
  void sampledSoftmax(GpuTensor dots, SoftmaxQueries queries, Run run, GpuLossSum sum) {
    RowGradientWork.requireFloats(dots);
    int rows = dots.rows();
    int columns = dots.columns();
    if (queries.bias().length < columns) {
      throw new IllegalArgumentException(
          "%d columns take as many biases, found %d".formatted(columns, queries.bias().length));
    }
    if (rows == 0) {
      return;
    }
    int first = run.firstQuery();
    Part exceptions = Part.of(queries.exceptionOffsets(), first, rows);
    Part positives = Part.of(queries.positiveOffsets(), first, rows);
    long lossBytes = 2L * rows * Float.BYTES;
    DeviceMemory losses = scratch.memory(Scratch.Use.NORMS, lossBytes);
    DeviceMemory slopes =
        scratch.memory(Scratch.Use.PARTIALS, (long) positives.count() * Float.BYTES + 1);
    engine.reserve(
        SLACK + 4L * (columns + 2L * rows + 2L * exceptions.count() + 3L * positives.count()));
    SampledSoftmaxKernel.Queries staged =
        new SampledSoftmaxKernel.Queries(
            engine.stageFloats(queries.bias(), 0, columns, columns),
            stage(exceptions, queries.exceptionColumns(), queries.exceptionBias()),
            stage(positives, queries.positiveColumns(), queries.positiveBias()),
            engine.stageFloats(
                queries.positiveWeights(), positives.from(), positives.count(), positives.room()));
    softmax.launch(
        engine.recorder(),
        new SampledSoftmaxKernel.Results(dots.memory(), losses, slopes),
        staged,
        new SampledSoftmaxKernel.Scores(0, run.logTemperature().value().memory()),
        new MatrixSize(rows, columns));
    columnSum.launch(engine.recorder(), sum.memory(), losses, new MatrixSize(rows, 2));
  }

  /** dLogTemperature += the slope. */
  void addTemperatureGradient(GpuTrainable logTemperature, GpuLossSum sum) {
    add.launch(engine.recorder(), logTemperature.gradient().memory(), sum.slopeMemory(), 1);
  }

  /** The entries of consecutive queries; offsets begin at 0. */
  private record Part(int[] offsets, int from, int count) {
    static Part of(int[] offsets, int first, int rows) {
      int[] part = new int[rows + 1];
      for (int i = 0; i < part.length; i++) {
        part[i] = offsets[first + i] - offsets[first];
      }
      return new Part(part, offsets[first], part[rows]);
    }

    /** The number of entries to stage, at least 1 because a slot must not be empty. */
    int room() {
      return Math.max(1, count);
    }
  }

  private SampledSoftmaxKernel.Entries stage(Part part, int[] columns, float[] bias) {
    int[] own = java.util.Arrays.copyOfRange(columns, part.from(), part.from() + part.count());
    return new SampledSoftmaxKernel.Entries(
        engine.stageIntegers(part.offsets(), part.offsets().length, part.offsets().length, 0),
        engine.stageIntegers(own, own.length, part.room(), 0),
        engine.stageFloats(bias, part.from(), part.count(), part.room()));
  }

  /** Adds the ranker's loss to {@code sum} and writes its gradient by the logits. */
  void actions(GpuTensor dLogits, GpuTensor logits, ActionTargets targets, GpuLossSum sum) {
    dLogits.useRows(logits.rows());
    logits.shape().require(dLogits.name(), dLogits.shape());
    RowGradientWork.requireFloats(logits);
    RowGradientWork.requireFloats(dLogits);
    int rows = logits.rows();
    int count = targets.actions();
    if (targets.targets().length < rows * count || logits.columns() < count) {
      throw new IllegalArgumentException(
          "%d targets are not those of %s".formatted(targets.targets().length, logits));
    }
    if (rows == 0) {
      return;
    }
    MatrixSize size = logits.size();
    int blocks = ActionLossKernel.partials(size);
    DeviceMemory partials = scratch.memory(Scratch.Use.PARTIALS, (long) blocks * Float.BYTES);
    engine.reserve(SLACK + (4L * count + 5L) * size.rows());
    actions.launch(
        engine.recorder(),
        new ActionLossKernel.Results(dLogits.memory(), partials, logits.memory()),
        stage(targets, rows, size.rows()),
        new ActionLossKernel.Constants(
            count,
            FIRST_FEEDBACK,
            LAST_FEEDBACK,
            count + DWELL,
            number(targets.continuous()),
            (float) targets.scale(),
            (float) targets.continuousScale()),
        size);
    columnSum.launch(engine.recorder(), sum.memory(), partials, new MatrixSize(blocks, 1));
  }

  /** The number of a loss function in the kernel. */
  private static int number(ContinuousLoss loss) {
    return switch (loss) {
      case MAE -> 0;
      case MSE -> 1;
      case HUBER -> 2;
      case TWEEDIE -> 3;
    };
  }

  private ActionLossKernel.Targets stage(ActionTargets targets, int rows, int padded) {
    int count = targets.actions();
    Staging.Slot sampled = engine.stage(padded);
    sampled.host().fill((byte) 0);
    for (int row = 0; row < rows; row++) {
      byte flag = (byte) (targets.negativeSample()[row] ? 1 : 0);
      sampled.host().set(ValueLayout.JAVA_BYTE, row, flag);
    }
    int dwells = targets.continuousScale() == 0 ? 0 : rows;
    return new ActionLossKernel.Targets(
        engine.stageFloats(targets.targets(), 0, rows * count, padded * count),
        sampled.device(),
        engine.stageFloats(targets.dwell(), 0, dwells, padded),
        engine.stageIntegers(new int[] {rows}, 1, 1, 0));
  }
}
