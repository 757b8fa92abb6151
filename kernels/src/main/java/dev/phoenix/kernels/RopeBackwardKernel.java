package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;

/**
 * The gradient of {@link RopeKernel}, float32, in place. Source: docs/model.md#4-transformer and
 * #9-training.
 */
public final class RopeBackwardKernel {
  private final Kernel kernel;

  /** The kernel on the library's device. */
  public RopeBackwardKernel(KernelLibrary library) {
    this.kernel = library.kernel("rope_backward", "rope_backward");
  }

  /**
   * The fused rows' gradients.
   *
   * @param grad [rows, columns] float32, rotated by the negative angles in place
   * @param size rows and columns
   * @param heads number of heads at a row's beginning that were rotated
   * @param headSize K, even
   */
  public record Rows(DeviceMemory grad, MatrixSize size, int heads, int headSize) {}

  /**
   * Rotates the gradients of rotated rows by the negative angles.
   *
   * @param positions [rows] int32; one outside the table gives NaN
   * @param table rotation table for this head size
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      LaunchTarget target, Rows rows, DeviceMemory positions, RopeKernel.Table table) {
    int half = rows.headSize() / 2;
    MatrixSize size = rows.size();
    Check.between("heads", rows.heads(), 1, size.columns() / rows.headSize());
    Check.holds("grad", rows.grad(), ElementType.F32, size.rows(), size.columns());
    Check.holdsIntegers("positions", positions, size.rows());
    Check.holds("table", table.memory(), ElementType.F32, table.positions(), half, 2);
    if (size.rows() == 0) {
      return;
    }
    target.launch(
        kernel,
        RowBlock.spreading(rows.heads() * half).covering(size.rows()),
        KernelArguments.builder()
            .pointer(rows.grad())
            .pointer(positions)
            .pointer(table.memory())
            .i32(size.rows())
            .i32(size.columns())
            .i32(rows.heads())
            .i32(half)
            .i32(table.positions())
            .build());
  }
}
