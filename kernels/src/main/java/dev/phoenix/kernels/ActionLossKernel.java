package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchTarget;

/**
 * The ranker's loss over its logits, and its gradient, float32. Source: docs/model.md#9-training.
 */
public final class ActionLossKernel {
  private static final int THREADS = 256;

  private final Kernel kernel;

  /** The kernel on the library's device. */
  public ActionLossKernel(KernelLibrary library) {
    this.kernel = library.kernel("action_loss", "action_loss");
  }

  /** Elements of the scratch buffer {@link Results#partials}: one loss per block. */
  public static int partials(MatrixSize size) {
    return Math.ceilDiv(Math.multiplyExact(size.rows(), size.columns()), THREADS);
  }

  /**
   * Outputs and the input logits, float32.
   *
   * @param gradLogits [rows, columns], written
   * @param partials partial sums of the loss, for {@link ColumnSumKernel}
   * @param logits [rows, columns]: the columns of the actions first
   */
  public record Results(DeviceMemory gradLogits, DeviceMemory partials, DeviceMemory logits) {}

  /**
   * Targets of the logits.
   *
   * @param actions [rows, A] float32
   * @param negativeSample [rows] bytes
   * @param dwell [rows] float32 in [0, 1]
   * @param used [1] int32: how many rows there are
   */
  public record Targets(
      DeviceMemory actions, DeviceMemory negativeSample, DeviceMemory dwell, DeviceMemory used) {}

  /**
   * The loss's constants.
   *
   * @param actions A
   * @param firstFeedback index of the first action that is left out of the loss of a sampled
   *     negative
   * @param lastFeedback index of the last such action
   * @param output the column of the continuous loss
   * @param distance 0 mae, 1 mse, 2 huber, 3 tweedie of power 1.5
   * @param scale 1 / the number of candidates
   * @param continuousScale weight of the continuous loss / number of its candidates; 0 for no
   *     continuous loss
   */
  public record Constants(
      int actions,
      int firstFeedback,
      int lastFeedback,
      int output,
      int distance,
      float scale,
      float continuousScale) {}

  /**
   * Computes the loss and its gradient.
   *
   * @param size columns, and at least the used rows
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      LaunchTarget target, Results results, Targets targets, Constants constants, MatrixSize size) {
    int rows = size.rows();
    Check.holds("gradLogits", results.gradLogits(), ElementType.F32, rows, size.columns());
    Check.holds("partials", results.partials(), ElementType.F32, partials(size));
    Check.holds("logits", results.logits(), ElementType.F32, rows, size.columns());
    Check.between("actions", constants.actions(), 1, size.columns());
    Check.holds("targets", targets.actions(), ElementType.F32, rows, constants.actions());
    Check.holdsBytes("negativeSample", targets.negativeSample(), rows, "[" + rows + "]");
    Check.holds("dwell", targets.dwell(), ElementType.F32, rows);
    Check.holdsIntegers("used", targets.used(), 1);
    if (rows == 0) {
      return;
    }
    target.launch(
        kernel,
        LaunchShape.of(partials(size), THREADS),
        KernelArguments.builder()
            .pointer(results.gradLogits())
            .pointer(results.partials())
            .pointer(results.logits())
            .pointer(targets.actions())
            .pointer(targets.negativeSample())
            .pointer(targets.dwell())
            .pointer(targets.used())
            .i32(rows)
            .i32(size.columns())
            .i32(constants.actions())
            .i32(constants.firstFeedback())
            .i32(constants.lastFeedback())
            .i32(constants.output())
            .i32(constants.distance())
            .f32(constants.scale())
            .f32(constants.continuousScale())
            .build());
  }
}
