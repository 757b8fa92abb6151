package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;

/** x / sqrt(mean(x^2) + 1e-5) * scale, row by row. Source: docs/model.md#4-transformer. */
public final class RmsNormKernel {
  /** The widest row. */
  public static final int MAX_COLUMNS = 8192;

  static final int PER_THREAD = 32;

  private final RowTypes types;
  private final Kernel wide;
  private final Kernel any;

  /** The kernel on the library's device, from bfloat16 to bfloat16. */
  public RmsNormKernel(KernelLibrary library) {
    this(library, RowTypes.BF16);
  }

  /**
   * The kernel on the library's device.
   *
   * @param types element types of {@code x} and {@code out}
   */
  public RmsNormKernel(KernelLibrary library, RowTypes types) {
    this.types = types;
    this.wide = library.kernel("rms_norm", types.entry("rms_norm"));
    this.any = library.kernel("rms_norm", types.entry("rms_norm") + "_any");
  }

  /**
   * The operands.
   *
   * @param out [rows, D]; not {@code x}
   * @param x [rows, D]
   * @param scale [D] float32
   */
  public record Operands(DeviceMemory out, DeviceMemory x, DeviceMemory scale) {}

  /**
   * Normalises every row.
   *
   * @param size rows and D, D at most {@link #MAX_COLUMNS}
   * @throws IllegalArgumentException when an operand is too small or D too large
   */
  public void launch(LaunchTarget target, Operands operands, MatrixSize size) {
    Check.between("columns", size.columns(), 1, MAX_COLUMNS);
    Check.holds("out", operands.out(), types.out(), size.rows(), size.columns());
    Check.holds("x", operands.x(), types.in(), size.rows(), size.columns());
    Check.holds("scale", operands.scale(), ElementType.F32, size.columns());
    if (size.rows() == 0) {
      return;
    }
    boolean vectors =
        size.columns() % 8 == 0 && Check.aligned(operands.out(), operands.x(), operands.scale());
    target.launch(
        vectors ? wide : any,
        RowBlock.reducing(size.columns(), PER_THREAD).covering(size.rows()),
        KernelArguments.builder()
            .pointer(operands.out())
            .pointer(operands.x())
            .pointer(operands.scale())
            .i32(size.rows())
            .i32(size.columns())
            .build());
  }
}
