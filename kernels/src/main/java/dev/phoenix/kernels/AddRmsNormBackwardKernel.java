package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of {@link AddRmsNormKernel}, float32. Source: docs/model.md#4-transformer and
 * #9-training.
 */
public final class AddRmsNormBackwardKernel {
  private final KernelLibrary library;
  private final ElementType branchType;
  private final ColumnSumKernel columnSum;

  /**
   * The kernel on the library's device.
   *
   * @param branchType element type of the branch's gradient
   */
  public AddRmsNormBackwardKernel(KernelLibrary library, ElementType branchType) {
    this.library = library;
    this.branchType = branchType;
    this.columnSum = new ColumnSumKernel(library);
  }

  /** Elements of each scratch buffer, {@link Branch#partials} and {@link Next#partials}. */
  public static long partialElements(MatrixSize size) {
    return RmsNormBackwardKernel.partialElements(size);
  }

  /**
   * The residual stream, float32.
   *
   * @param gradient [rows, D]: on entry the gradient of the updated stream from its readers other
   *     than the next norm, on return the gradient of the stream before the addition
   * @param values [rows, D] after the sum
   * @param used [1] int32: how many rows there are
   */
  public record Residual(DeviceMemory gradient, DeviceMemory values, DeviceMemory used) {}

  /**
   * The branch that was added, and its gradients.
   *
   * @param gradient [rows, D], written
   * @param scaleGradient [D] float32, added to
   * @param partials scratch, float32
   * @param values [rows, D] float32
   * @param scale [D] float32
   */
  public record Branch(
      DeviceMemory gradient,
      DeviceMemory scaleGradient,
      DeviceMemory partials,
      DeviceMemory values,
      DeviceMemory scale) {}

  /**
   * The norm that followed the sum, float32.
   *
   * @param gradOut [rows, D]
   * @param scaleGradient [D], added to
   * @param partials scratch
   * @param scale [D]
   */
  public record Next(
      DeviceMemory gradOut,
      DeviceMemory scaleGradient,
      DeviceMemory partials,
      DeviceMemory scale) {}

  /**
   * Computes the gradients of a block's residual add and of the next norm.
   *
   * @param next null if no norm followed the sum
   * @param size D, and at least the used rows
   * @throws IllegalArgumentException when an operand is too small or D too large
   */
  public void launch(
      LaunchTarget target, Residual residual, Branch branch, @Nullable Next next, MatrixSize size) {
    check(residual, branch, next, size);
    if (size.rows() == 0) {
      return;
    }
    KernelArguments.Builder arguments =
        KernelArguments.builder()
            .pointer(residual.gradient())
            .pointer(branch.gradient())
            .pointer(branch.partials());
    if (next == null) {
      arguments.nullPointer().nullPointer();
    } else {
      arguments.pointer(next.partials()).pointer(next.gradOut());
    }
    arguments.pointer(residual.values()).pointer(branch.values()).pointer(branch.scale());
    if (next == null) {
      arguments.nullPointer();
    } else {
      arguments.pointer(next.scale());
    }
    String entry =
        ("add_rms_norm_backward_" + branchType).toLowerCase(Locale.ROOT)
            + NormParts.suffix(size.columns());
    Kernel kernel = library.kernel("add_rms_norm_backward", entry);
    target.launch(
        kernel,
        NormParts.shape(size),
        arguments
            .pointer(residual.used())
            .i32(size.columns())
            .i32(NormParts.rowsPerPart())
            .build());
    MatrixSize parts = new MatrixSize(NormParts.parts(size.rows()), size.columns());
    columnSum.launch(target, branch.scaleGradient(), branch.partials(), parts);
    if (next != null) {
      columnSum.launch(target, next.scaleGradient(), next.partials(), parts);
    }
  }

  private void check(Residual residual, Branch branch, @Nullable Next next, MatrixSize size) {
    int columns = size.columns();
    long partials = partialElements(size);
    Check.between("columns", columns, 1, NormParts.MAX_COLUMNS);
    Check.holds("gradResidual", residual.gradient(), ElementType.F32, size.rows(), columns);
    Check.holds("residual", residual.values(), ElementType.F32, size.rows(), columns);
    Check.holdsIntegers("used", residual.used(), 1);
    Check.holds("gradBranch", branch.gradient(), branchType, size.rows(), columns);
    Check.holds("branch", branch.values(), ElementType.F32, size.rows(), columns);
    Check.holds("branch scale", branch.scale(), ElementType.F32, columns);
    Check.holds("branch partials", branch.partials(), ElementType.F32, partials);
    if (next != null) {
      Check.holds("gradOut", next.gradOut(), ElementType.F32, size.rows(), columns);
      Check.holds("next scale", next.scale(), ElementType.F32, columns);
      Check.holds("next partials", next.partials(), ElementType.F32, partials);
    }
  }
}
