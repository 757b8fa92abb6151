package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.Stream;

/**
 * The gradient of {@link RopeKernel}, as the products before it read it. Source: SPEC sections 4
 * and 9.
 */
public final class RopeBackwardKernel {
  private final Kernel kernel;

  /** The kernel on the library's device. */
  public RopeBackwardKernel(KernelLibrary library) {
    this.kernel = library.kernel("rope_backward", "rope_backward");
  }

  /**
   * Turns gradients of rotated rows back.
   *
   * @param out of the rows before rotation, bfloat16
   * @param grad [rows, columns] float32, of the rotated rows
   * @param positions [rows] int32; one outside the table gives NaN
   * @param table the turns for this head size
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      Stream stream,
      RopeKernel.Rows out,
      DeviceMemory grad,
      DeviceMemory positions,
      RopeKernel.Table table) {
    int half = out.headSize() / 2;
    Check.holds("grad", grad, ElementType.F32, out.rows(), out.columns());
    Check.holdsIntegers("positions", positions, out.rows());
    Check.holds("table", table.memory(), ElementType.F32, table.positions(), half, 2);
    if (out.rows() == 0) {
      return;
    }
    stream.launch(
        kernel,
        RowBlock.spreading(out.columns()).covering(out.rows()),
        KernelArguments.builder()
            .pointer(out.x())
            .pointer(grad)
            .pointer(positions)
            .pointer(table.memory())
            .i32(out.rows())
            .i32(out.columns())
            .i32(out.heads())
            .i32(half)
            .i32(table.positions())
            .build());
  }
}
