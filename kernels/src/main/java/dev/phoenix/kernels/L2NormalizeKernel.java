package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * x / sqrt(max(sum x^2, 1e-12)), row by row, between float32 and bfloat16 in any combination.
 * Source: docs/model.md#6-retrieval.
 */
public final class L2NormalizeKernel {
  private final KernelLibrary library;

  /** The kernel on the library's device. */
  public L2NormalizeKernel(KernelLibrary library) {
    this.library = library;
  }

  /** A matrix and the type of its elements. */
  public record Typed(DeviceMemory memory, ElementType type) {}

  /**
   * Normalises every row to unit length; a zero row stays zero.
   *
   * @param out [rows, D]; may be {@code x} where the types are the same
   * @param norms [rows] float32: the divisors; null if not needed
   * @param x [rows, D]
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      LaunchTarget target, Typed out, @Nullable DeviceMemory norms, Typed x, MatrixSize size) {
    Check.holds("out", out.memory(), out.type(), size.rows(), size.columns());
    Check.holds("x", x.memory(), x.type(), size.rows(), size.columns());
    KernelArguments.Builder arguments = KernelArguments.builder().pointer(out.memory());
    if (norms == null) {
      arguments.nullPointer();
    } else {
      Check.holds("norms", norms, ElementType.F32, size.rows());
      arguments.pointer(norms);
    }
    if (size.rows() == 0) {
      return;
    }
    String entry = "l2_normalize_" + x.type() + "_" + out.type();
    target.launch(
        library.kernel("l2_normalize", entry.toLowerCase(Locale.ROOT)),
        RowBlock.reducing(size.columns(), RmsNormKernel.PER_THREAD).covering(size.rows()),
        arguments.pointer(x.memory()).i32(size.rows()).i32(size.columns()).build());
  }
}
