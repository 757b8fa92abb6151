package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.LaunchTarget;

/** Row-wise AdaGrad on the rows that a batch used. Source: docs/model.md#9-training. */
public final class RowwiseAdagradKernel {
  private static final int LANES = 32;
  private static final int WARPS = 8;

  private final Kernel kernel;

  /** The kernel on the library's device. */
  public RowwiseAdagradKernel(KernelLibrary library) {
    this.kernel = library.kernel("rowwise_adagrad", "rowwise_adagrad");
  }

  /**
   * An embedding table in training, float32, updated in place.
   *
   * @param rows [vocabulary, D]
   * @param accumulators [vocabulary]
   * @param size vocabulary and D
   */
  public record Table(DeviceMemory rows, DeviceMemory accumulators, MatrixSize size) {}

  /**
   * The gradients of rows that were used.
   *
   * @param rows [slots] int32, distinct; a row outside the table is skipped
   * @param gradients [slots, D] float32
   * @param used [1] int32: number of valid slots
   * @param slots capacity in slots
   */
  public record Used(DeviceMemory rows, DeviceMemory gradients, DeviceMemory used, int slots) {}

  /**
   * Performs a step, unless the control block marks it as non-finite.
   *
   * @param control {@link OptimizerState.Control} of this step
   * @param settings {@link OptimizerState.Settings}
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      LaunchTarget target, Table table, Used used, DeviceMemory control, DeviceMemory settings) {
    int columns = table.size().columns();
    Check.holds("table", table.rows(), ElementType.F32, table.size().rows(), columns);
    Check.holds("accumulators", table.accumulators(), ElementType.F32, table.size().rows());
    Check.holdsIntegers("rows", used.rows(), used.slots());
    Check.holds("gradients", used.gradients(), ElementType.F32, used.slots(), columns);
    Check.holdsIntegers("used", used.used(), 1);
    Check.holdsBytes("control", control, OptimizerState.CONTROL_BYTES, "a control block");
    Check.holdsBytes("settings", settings, OptimizerState.SETTINGS_BYTES, "settings");
    if (used.slots() == 0) {
      return;
    }
    target.launch(
        kernel,
        LaunchShape.of(Extent.of(Math.ceilDiv(used.slots(), WARPS)), Extent.of(LANES, WARPS)),
        KernelArguments.builder()
            .pointer(table.rows())
            .pointer(table.accumulators())
            .pointer(used.rows())
            .pointer(used.gradients())
            .pointer(used.used())
            .pointer(control)
            .pointer(settings)
            .i32(columns)
            .i32(table.size().rows())
            .build());
  }
}
