package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;

/** x / (1 - rate), or 0 where an element is dropped, in place. */
public final class DropoutKernel {
  private final Kernel floats;
  private final Kernel halves;

  /** The kernel on the library's device. */
  public DropoutKernel(KernelLibrary library) {
    this.floats = library.kernel("dropout", "dropout_f32");
    this.halves = library.kernel("dropout", "dropout_bf16");
  }

  /**
   * The dropout mask.
   *
   * @param seed of the hash
   * @param rate the share that is dropped, in [0, 1)
   * @param firstRow index in the batch of row 0
   */
  public record Mask(long seed, double rate, int firstRow) {
    /** Checks the rate. */
    public Mask {
      if (!(rate >= 0 && rate < 1)) {
        throw new IllegalArgumentException("dropout: expected a rate in [0, 1), found " + rate);
      }
    }
  }

  /**
   * Drops elements.
   *
   * @param x [rows, D], in place
   * @param type of its elements
   * @param size rows and D
   * @throws IllegalArgumentException when the operand is too small
   */
  public void launch(
      LaunchTarget target, DeviceMemory x, ElementType type, Mask mask, MatrixSize size) {
    Check.holds("x", x, type, size.rows(), size.columns());
    if (size.rows() == 0) {
      return;
    }
    target.launch(
        type == ElementType.F32 ? floats : halves,
        RowBlock.spreading(size.columns()).covering(size.rows()),
        KernelArguments.builder()
            .pointer(x)
            .i64(mask.seed())
            .i32((int) (mask.rate() * 0x1p31))
            .f32((float) (1 / (1 - mask.rate())))
            .i32(mask.firstRow())
            .i32(size.rows())
            .i32(size.columns())
            .build());
  }
}
