package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchTarget;
import org.jspecify.annotations.Nullable;

/**
 * The L2 norm of all gradients, summed in float64 in a fixed order. The device determines from it
 * whether the step is finite and the clipping factor. Source: docs/model.md#9-training.
 */
public final class GradientNormKernel {
  private static final int THREADS = 256;
  private static final int ROWS = 32;

  private final Kernel dense;
  private final Kernel rows;
  private final Kernel finish;

  /** The kernels on the library's device. */
  public GradientNormKernel(KernelLibrary library) {
    this.dense = library.kernel("gradient_norm", "gradient_norm");
    this.rows = library.kernel("gradient_norm", "gradient_norm_rows");
    this.finish = library.kernel("gradient_norm", "gradient_norm_finish");
  }

  /** Number of partial sums of {@code count} rows. */
  public static int rowPartials(int count) {
    return Math.ceilDiv(count, ROWS);
  }

  /**
   * Sums the squares of dense gradients.
   *
   * @param partials [pieces] float64, written
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(LaunchTarget target, DeviceMemory partials, ParameterTable.Placed table) {
    holdsDoubles(partials, table.count());
    if (table.count() == 0) {
      return;
    }
    target.launch(
        dense,
        LaunchShape.of(table.count(), THREADS),
        KernelArguments.builder()
            .pointer(partials)
            .pointer(table.tensors())
            .pointer(table.pieces())
            .build());
  }

  /**
   * Sums the squares of embedding gradients.
   *
   * @param partials [{@link #rowPartials}] float64, written
   * @param gradients [rows, D] float32
   * @param used [1] int32: number of valid rows
   * @param size rows and D
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launchRows(
      LaunchTarget target,
      DeviceMemory partials,
      DeviceMemory gradients,
      DeviceMemory used,
      MatrixSize size) {
    holdsDoubles(partials, rowPartials(size.rows()));
    Check.holds("gradients", gradients, ElementType.F32, size.rows(), size.columns());
    Check.holdsIntegers("used", used, 1);
    if (size.rows() == 0) {
      return;
    }
    target.launch(
        rows,
        LaunchShape.of(rowPartials(size.rows()), THREADS),
        KernelArguments.builder()
            .pointer(partials)
            .pointer(gradients)
            .pointer(used)
            .i32(size.columns())
            .build());
  }

  /**
   * Sums of squares.
   *
   * @param partials [count] float64
   * @param count number of partial sums
   */
  public record Squares(DeviceMemory partials, int count) {}

  /**
   * Computes the norm and updates the control block.
   *
   * @param control {@link OptimizerState.Control}, updated in place
   * @param squares of all gradients
   * @param loss [1] float32: a non-finite loss marks the step as non-finite; null for none
   * @param settings {@link OptimizerState.Settings}
   * @throws IllegalArgumentException when an operand is too small
   */
  public void finish(
      LaunchTarget target,
      DeviceMemory control,
      Squares squares,
      @Nullable DeviceMemory loss,
      DeviceMemory settings) {
    Check.holdsBytes("control", control, OptimizerState.CONTROL_BYTES, "a control block");
    Check.holdsBytes("settings", settings, OptimizerState.SETTINGS_BYTES, "settings");
    holdsDoubles(squares.partials(), squares.count());
    KernelArguments.Builder arguments =
        KernelArguments.builder().pointer(control).pointer(squares.partials()).pointer(settings);
    if (loss == null) {
      arguments.nullPointer();
    } else {
      Check.holds("loss", loss, ElementType.F32, 1);
      arguments.pointer(loss);
    }
    target.launch(finish, LaunchShape.of(1, THREADS), arguments.i32(squares.count()).build());
  }

  private static void holdsDoubles(DeviceMemory partials, int count) {
    Check.holdsBytes("partials", partials, (long) count * Double.BYTES, "float64[" + count + "]");
  }
}
