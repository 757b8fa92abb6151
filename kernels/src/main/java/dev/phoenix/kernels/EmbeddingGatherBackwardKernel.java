package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.LaunchTarget;

/**
 * The gradients of the rows of a table that a batch used. A row's uses are summed in a fixed order.
 * Source: docs/model.md#2-hashing and #9-training.
 */
public final class EmbeddingGatherBackwardKernel {
  private static final int LANES = 32;
  private static final int WARPS = 8;

  private final Kernel kernel;

  /** The kernel on the library's device. */
  public EmbeddingGatherBackwardKernel(KernelLibrary library) {
    this.kernel = library.kernel("embedding_gather_backward", "embedding_gather_backward");
  }

  /**
   * The uses of every row.
   *
   * @param order [uses] int32: the uses, those of one row side by side
   * @param starts [slots + 1] int32: slot s owns {@code order[starts[s]]} to {@code order[starts[s
   *     + 1]]}, exclusive; trailing slots may be empty
   * @param uses number of uses
   * @param slots number of slots
   */
  public record Uses(
      DeviceMemory order, DeviceMemory starts, DeviceMemory targets, int uses, int slots) {}

  /**
   * Adds the gradients.
   *
   * @param out [rows, D] float32, added to
   * @param gradOut [uses, D] float32
   * @param size of {@code out}: rows and D
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      LaunchTarget target, DeviceMemory out, DeviceMemory gradOut, Uses uses, MatrixSize size) {
    Check.holds("out", out, ElementType.F32, size.rows(), size.columns());
    Check.holds("gradOut", gradOut, ElementType.F32, uses.uses(), size.columns());
    Check.holdsIntegers("order", uses.order(), uses.uses());
    Check.holdsIntegers("starts", uses.starts(), uses.slots() + 1L);
    Check.holdsIntegers("targets", uses.targets(), uses.slots());
    if (uses.slots() == 0) {
      return;
    }
    target.launch(
        kernel,
        LaunchShape.of(Extent.of(Math.ceilDiv(uses.slots(), WARPS)), Extent.of(LANES, WARPS)),
        KernelArguments.builder()
            .pointer(out)
            .pointer(gradOut)
            .pointer(uses.order())
            .pointer(uses.starts())
            .pointer(uses.targets())
            .i32(uses.slots())
            .i32(size.columns())
            .i32(size.rows())
            .build());
  }
}
