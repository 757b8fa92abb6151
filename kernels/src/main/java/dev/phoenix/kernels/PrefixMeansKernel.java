package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.LaunchTarget;

/**
 * Means over prefixes of segments, and their gradient. Source: docs/model.md#6-retrieval and
 * #9-training.
 */
public final class PrefixMeansKernel {
  private static final int THREADS = 128;
  private static final int MAX_SEGMENTS = 65535;

  private final Kernel forward;
  private final Kernel backward;

  /** The kernels on the library's device. */
  public PrefixMeansKernel(KernelLibrary library) {
    this.forward = library.kernel("prefix_means", "prefix_means");
    this.backward = library.kernel("prefix_means", "prefix_means_backward");
  }

  /**
   * Segments and their prefixes.
   *
   * @param offsets [segments + 1] int32: segment s owns rows {@code offsets[s]} to {@code offsets[s
   *     + 1]}, exclusive
   * @param prefixOffsets [segments + 1] int32: segment s owns prefixes {@code prefixOffsets[s]} to
   *     {@code prefixOffsets[s + 1]}, exclusive
   * @param lengths [prefixes] int32: rows of each prefix, ascending within a segment, at most the
   *     segment's
   * @param segments at most 65535
   * @param prefixes number of prefixes of all segments
   */
  public record Prefixes(
      DeviceMemory offsets,
      DeviceMemory prefixOffsets,
      DeviceMemory lengths,
      int segments,
      int prefixes) {}

  /**
   * Computes the means.
   *
   * @param out [prefixes, D] float32
   * @param x [rows, D] float32
   * @param size rows and D
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      LaunchTarget target, DeviceMemory out, DeviceMemory x, Prefixes prefixes, MatrixSize size) {
    Check.holds("out", out, ElementType.F32, prefixes.prefixes(), size.columns());
    Check.holds("x", x, ElementType.F32, size.rows(), size.columns());
    launch(target, forward, new DeviceMemory[] {out, x}, prefixes, size);
  }

  /**
   * Computes the gradient of {@link #launch}.
   *
   * @param gradX [rows, D] float32
   * @param gradOut [prefixes, D] float32
   * @param size rows and D
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launchBackward(
      LaunchTarget target,
      DeviceMemory gradX,
      DeviceMemory gradOut,
      Prefixes prefixes,
      MatrixSize size) {
    Check.holds("gradX", gradX, ElementType.F32, size.rows(), size.columns());
    Check.holds("gradOut", gradOut, ElementType.F32, prefixes.prefixes(), size.columns());
    launch(target, backward, new DeviceMemory[] {gradX, gradOut}, prefixes, size);
  }

  private static void launch(
      LaunchTarget target,
      Kernel kernel,
      DeviceMemory[] operands,
      Prefixes prefixes,
      MatrixSize size) {
    Check.between("segments", prefixes.segments(), 0, MAX_SEGMENTS);
    Check.holdsIntegers("offsets", prefixes.offsets(), prefixes.segments() + 1L);
    Check.holdsIntegers("prefix offsets", prefixes.prefixOffsets(), prefixes.segments() + 1L);
    Check.holdsIntegers("lengths", prefixes.lengths(), prefixes.prefixes());
    if (prefixes.segments() == 0) {
      return;
    }
    target.launch(
        kernel,
        LaunchShape.of(
            Extent.of(Math.ceilDiv(size.columns(), THREADS), prefixes.segments()),
            Extent.of(THREADS)),
        KernelArguments.builder()
            .pointer(operands[0])
            .pointer(operands[1])
            .pointer(prefixes.offsets())
            .pointer(prefixes.prefixOffsets())
            .pointer(prefixes.lengths())
            .i32(size.columns())
            .build());
  }
}
