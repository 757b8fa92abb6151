package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchTarget;

/** AdamW over all parameter tensors in one launch. Source: docs/model.md#9-training. */
public final class AdamWKernel {
  private static final int THREADS = 256;

  private final Kernel kernel;

  /** The kernel on the library's device. */
  public AdamWKernel(KernelLibrary library) {
    this.kernel = library.kernel("adam_w", "adam_w");
  }

  /**
   * Performs a step, unless the control block marks it as non-finite.
   *
   * @param table the parameters, updated in place with their moments and copies
   * @param control {@link OptimizerState.Control} of this step
   * @param settings {@link OptimizerState.Settings}
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      LaunchTarget target,
      ParameterTable.Placed table,
      DeviceMemory control,
      DeviceMemory settings) {
    Check.holdsBytes("control", control, OptimizerState.CONTROL_BYTES, "a control block");
    Check.holdsBytes("settings", settings, OptimizerState.SETTINGS_BYTES, "settings");
    if (table.count() == 0) {
      return;
    }
    target.launch(
        kernel,
        LaunchShape.of(table.count(), THREADS),
        KernelArguments.builder()
            .pointer(table.tensors())
            .pointer(table.pieces())
            .pointer(control)
            .pointer(settings)
            .build());
  }
}
