package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;

/**
 * Gradients of {@link RmsNormKernel}, float32. Source: docs/model.md#4-transformer and #9-training.
 */
public final class RmsNormBackwardKernel {
  /** The widest row. */
  public static final int MAX_COLUMNS = NormParts.MAX_COLUMNS;

  private final KernelLibrary library;
  private final ColumnSumKernel columnSum;

  /** The kernel on the library's device. */
  public RmsNormBackwardKernel(KernelLibrary library) {
    this.library = library;
    this.columnSum = new ColumnSumKernel(library);
  }

  /** Elements of the scratch buffer {@link Gradients#partials}. */
  public static long partialElements(MatrixSize size) {
    return (long) NormParts.parts(size.rows()) * size.columns();
  }

  /**
   * Gradient buffers.
   *
   * @param x [rows, D] float32, added to
   * @param scale [D] float32, added to
   * @param partials scratch, float32
   */
  public record Gradients(DeviceMemory x, DeviceMemory scale, DeviceMemory partials) {}

  /**
   * Inputs, float32.
   *
   * @param gradOut [rows, D]
   * @param x [rows, D]
   * @param scale [D]
   * @param used [1] int32: how many rows there are
   */
  public record Operands(
      DeviceMemory gradOut, DeviceMemory x, DeviceMemory scale, DeviceMemory used) {}

  /**
   * Adds the gradients of a norm.
   *
   * @param size D, and at least the used rows
   * @throws IllegalArgumentException when an operand is too small or D too large
   */
  public void launch(LaunchTarget target, Gradients gradients, Operands operands, MatrixSize size) {
    int columns = size.columns();
    Check.between("columns", columns, 1, MAX_COLUMNS);
    Check.holds("gradX", gradients.x(), ElementType.F32, size.rows(), columns);
    Check.holds("partials", gradients.partials(), ElementType.F32, partialElements(size));
    Check.holds("gradOut", operands.gradOut(), ElementType.F32, size.rows(), columns);
    Check.holds("x", operands.x(), ElementType.F32, size.rows(), columns);
    Check.holds("scale", operands.scale(), ElementType.F32, columns);
    Check.holdsIntegers("used", operands.used(), 1);
    if (size.rows() == 0) {
      return;
    }
    Kernel kernel =
        library.kernel("rms_norm_backward", "rms_norm_backward" + NormParts.suffix(columns));
    target.launch(
        kernel,
        NormParts.shape(size),
        KernelArguments.builder()
            .pointer(gradients.x())
            .pointer(gradients.partials())
            .pointer(operands.gradOut())
            .pointer(operands.x())
            .pointer(operands.scale())
            .pointer(operands.used())
            .i32(columns)
            .i32(NormParts.rowsPerPart())
            .build());
    MatrixSize parts = new MatrixSize(NormParts.parts(size.rows()), columns);
    columnSum.launch(target, gradients.scale(), gradients.partials(), parts);
  }
}
