package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;

/**
 * The gradient of {@link L2NormalizeKernel}, float32. Source: docs/model.md#6-retrieval and
 * #9-training.
 */
public final class L2NormalizeBackwardKernel {
  private static final int PER_THREAD = 32;

  private final Kernel kernel;

  /** The kernel on the library's device. */
  public L2NormalizeBackwardKernel(KernelLibrary library) {
    this.kernel = library.kernel("l2_normalize_backward", "l2_normalize_backward");
  }

  /**
   * The gradient's operands, float32.
   *
   * @param gradOut [rows, D]
   * @param out [rows, D]: the normalised rows
   * @param norms [rows]: the divisors, as written by {@link L2NormalizeKernel}
   */
  public record Operands(DeviceMemory gradOut, DeviceMemory out, DeviceMemory norms) {}

  /**
   * Computes the gradient.
   *
   * @param gradX [rows, D] float32; may be {@code gradOut}
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(LaunchTarget target, DeviceMemory gradX, Operands operands, MatrixSize size) {
    Check.holds("gradX", gradX, ElementType.F32, size.rows(), size.columns());
    Check.holds("gradOut", operands.gradOut(), ElementType.F32, size.rows(), size.columns());
    Check.holds("out", operands.out(), ElementType.F32, size.rows(), size.columns());
    Check.holds("norms", operands.norms(), ElementType.F32, size.rows());
    if (size.rows() == 0) {
      return;
    }
    target.launch(
        kernel,
        RowBlock.reducing(size.columns(), PER_THREAD).covering(size.rows()),
        KernelArguments.builder()
            .pointer(gradX)
            .pointer(operands.gradOut())
            .pointer(operands.out())
            .pointer(operands.norms())
            .i32(size.rows())
            .i32(size.columns())
            .build());
  }
}
