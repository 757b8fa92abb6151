package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;

/**
 * out[r] = x[rows[r]]: the gradient of {@link ScatterRowsKernel}. Source: docs/model.md#9-training.
 */
public final class GatherRowsKernel {
  private final Kernel kernel;

  /** The kernel on the library's device. */
  public GatherRowsKernel(KernelLibrary library) {
    this.kernel = library.kernel("gather_rows", "gather_rows");
  }

  /**
   * Gathers rows.
   *
   * @param out [count, D] float32
   * @param x [rows, D] float32
   * @param rows row indices; one outside {@code x}, such as -1, gives zeros
   * @param size of {@code x}
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      LaunchTarget target, DeviceMemory out, DeviceMemory x, Rows rows, MatrixSize size) {
    Check.holds("out", out, ElementType.F32, rows.count(), size.columns());
    Check.holds("x", x, ElementType.F32, size.rows(), size.columns());
    Check.holdsIntegers("rows", rows.indices(), rows.count());
    if (rows.count() == 0) {
      return;
    }
    target.launch(
        kernel,
        RowBlock.spreading(size.columns()).covering(rows.count()),
        KernelArguments.builder()
            .pointer(out)
            .pointer(x)
            .pointer(rows.indices())
            .i32(rows.count())
            .i32(size.columns())
            .i32(size.rows())
            .build());
  }

  /**
   * Row indices.
   *
   * @param indices [count] int32
   * @param count how many
   */
  public record Rows(DeviceMemory indices, int count) {}
}
