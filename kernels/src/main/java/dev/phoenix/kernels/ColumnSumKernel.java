package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.LaunchTarget;

/**
 * out += the sum of every column: adds up the partial sums of other kernels. Source:
 * docs/model.md#9-training.
 */
public final class ColumnSumKernel {
  private static final int COLUMNS = 32;
  private static final int GROUPS = 8;

  private final Kernel kernel;

  /** The kernel on the library's device. */
  public ColumnSumKernel(KernelLibrary library) {
    this.kernel = library.kernel("column_sum", "column_sum");
  }

  /**
   * Adds the column sums.
   *
   * @param out [columns] float32, added to
   * @param x [rows, columns] float32
   * @param size of {@code x}
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(LaunchTarget target, DeviceMemory out, DeviceMemory x, MatrixSize size) {
    Check.holds("out", out, ElementType.F32, size.columns());
    Check.holds("x", x, ElementType.F32, size.rows(), size.columns());
    if (size.rows() == 0) {
      return;
    }
    target.launch(
        kernel,
        LaunchShape.of(
            Extent.of(Math.ceilDiv(size.columns(), COLUMNS)), Extent.of(COLUMNS, GROUPS)),
        KernelArguments.builder()
            .pointer(out)
            .pointer(x)
            .i32(size.rows())
            .i32(size.columns())
            .build());
  }
}
