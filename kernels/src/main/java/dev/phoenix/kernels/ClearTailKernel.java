package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;

/** Zeros the rows behind the used ones, for matrix products that sum over rows. */
public final class ClearTailKernel {
  private final Kernel floats;
  private final Kernel halves;

  /** The kernel on the library's device. */
  public ClearTailKernel(KernelLibrary library) {
    this.floats = library.kernel("clear_tail", "clear_tail_f32");
    this.halves = library.kernel("clear_tail", "clear_tail_bf16");
  }

  /**
   * The rows.
   *
   * @param x [rows, D]
   * @param type of its elements
   * @param size rows and D
   */
  public record Rows(DeviceMemory x, ElementType type, MatrixSize size) {}

  /**
   * Zeros every row from {@code used} on.
   *
   * @param used [1] int32: how many rows keep their values
   * @param first a lower bound of {@code used}: earlier rows are not touched
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(LaunchTarget target, Rows rows, DeviceMemory used, int first) {
    MatrixSize size = rows.size();
    Check.holds("x", rows.x(), rows.type(), size.rows(), size.columns());
    Check.holdsIntegers("used", used, 1);
    Check.between("first", first, 0, size.rows());
    if (first == size.rows()) {
      return;
    }
    target.launch(
        rows.type() == ElementType.F32 ? floats : halves,
        RowBlock.spreading(size.columns()).covering(size.rows() - first),
        KernelArguments.builder()
            .pointer(rows.x())
            .pointer(used)
            .i32(first)
            .i32(size.rows())
            .i32(size.columns())
            .build());
  }
}
