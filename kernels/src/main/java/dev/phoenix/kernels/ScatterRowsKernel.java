package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;

/**
 * out[targets[i]] = x[i]: places user and history tokens, the outputs of two matrix products, in
 * the ragged rows of their sequences.
 */
public final class ScatterRowsKernel {
  private static final int VECTOR = 8;

  private final Kernel wide;
  private final Kernel any;

  /** The kernel on the library's device. */
  public ScatterRowsKernel(KernelLibrary library) {
    this.wide = library.kernel("scatter_rows", "scatter_rows");
    this.any = library.kernel("scatter_rows", "scatter_rows_any");
  }

  /**
   * The rows to place.
   *
   * @param x [rows, D] of the type of {@code out}
   * @param targets [rows] int32, distinct; a row whose target is outside {@code out}, such as -1,
   *     is skipped
   * @param rows how many
   */
  public record Source(DeviceMemory x, DeviceMemory targets, int rows) {}

  /**
   * Places rows of float32, which are copied as rows of twice as many bfloat16 elements.
   *
   * @param out [rows, D] float32
   * @param source the rows to place, float32
   * @param size of {@code out}: rows and D
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launchFloats(LaunchTarget target, DeviceMemory out, Source source, MatrixSize size) {
    launch(target, out, source, new MatrixSize(size.rows(), 2 * size.columns()));
  }

  /**
   * Places rows of bfloat16; other rows of {@code out} are unchanged.
   *
   * @param out [rows, D] bfloat16
   * @param source the rows to place
   * @param size of {@code out}: rows and D
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(LaunchTarget target, DeviceMemory out, Source source, MatrixSize size) {
    Check.holds("out", out, ElementType.BF16, size.rows(), size.columns());
    Check.holds("x", source.x(), ElementType.BF16, source.rows(), size.columns());
    Check.holdsIntegers("targets", source.targets(), source.rows());
    if (source.rows() == 0) {
      return;
    }
    boolean vectors = size.columns() % VECTOR == 0 && Check.aligned(out, source.x());
    int work = vectors ? size.columns() / VECTOR : size.columns();
    target.launch(
        vectors ? wide : any,
        RowBlock.spreading(work).covering(source.rows()),
        KernelArguments.builder()
            .pointer(out)
            .pointer(source.x())
            .pointer(source.targets())
            .i32(source.rows())
            .i32(size.columns())
            .i32(size.rows())
            .build());
  }
}
