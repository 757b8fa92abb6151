package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.Stream;

/**
 * The gradients of the rows of a table that a batch used, each the sum over its uses in one order.
 * Source: SPEC sections 2 and 9.
 */
public final class EmbeddingGatherBackwardKernel {
  private static final int LANES = 32;
  private static final int WARPS = 8;

  private final Kernel kernel;

  /** The kernel on the library's device. */
  public EmbeddingGatherBackwardKernel(KernelLibrary library) {
    this.kernel = library.kernel("embedding_gather_backward", "embedding_gather_backward");
  }

  /** Whether sums are stored or added to what is there. */
  public enum Sum {
    /** Stored. */
    STORED,
    /** Added. */
    ADDED
  }

  /**
   * Which uses belong to which row.
   *
   * @param order [uses] int32: the uses, those of one row side by side
   * @param starts [slots + 1] int32: slot s owns {@code order[starts[s]]} to {@code order[starts[s
   *     + 1]]}, exclusive; slots behind the last one are empty
   * @param uses how many
   * @param slots how many rows
   */
  public record Uses(DeviceMemory order, DeviceMemory starts, int uses, int slots) {}

  /**
   * Sums.
   *
   * @param out [slots, D] float32
   * @param gradOut [uses, D] float32
   * @param into D, and what becomes of the sums
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(Stream stream, DeviceMemory out, DeviceMemory gradOut, Uses uses, Into into) {
    int columns = into.columns();
    Check.holds("out", out, ElementType.F32, uses.slots(), columns);
    Check.holds("gradOut", gradOut, ElementType.F32, uses.uses(), columns);
    Check.holdsIntegers("order", uses.order(), uses.uses());
    Check.holdsIntegers("starts", uses.starts(), uses.slots() + 1L);
    if (uses.slots() == 0) {
      return;
    }
    stream.launch(
        kernel,
        LaunchShape.of(Extent.of(Math.ceilDiv(uses.slots(), WARPS)), Extent.of(LANES, WARPS)),
        KernelArguments.builder()
            .pointer(out)
            .pointer(gradOut)
            .pointer(uses.order())
            .pointer(uses.starts())
            .i32(uses.slots())
            .i32(columns)
            .i32(into.sum() == Sum.ADDED ? 1 : 0)
            .build());
  }

  /**
   * The rows that receive sums.
   *
   * @param columns D
   * @param sum what becomes of the sums
   */
  public record Into(int columns, Sum sum) {}
}
