package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.LaunchTarget;
import java.util.Locale;

/** The mean of a segment's rows; zero for an empty segment. Source: docs/model.md#6-retrieval. */
public final class MeanPoolKernel {
  private static final int COLUMNS = 32;
  private static final int ROW_GROUPS = 8;
  private static final int MAX_SEGMENTS = 65535;

  private final KernelLibrary library;

  /** The kernel on the library's device. */
  public MeanPoolKernel(KernelLibrary library) {
    this.library = library;
  }

  /**
   * The rows to pool.
   *
   * @param x [rows, D]
   * @param type bfloat16 or float32
   * @param offsets [segments + 1] int32, ascending: segment s owns rows {@code offsets[s]} to
   *     {@code offsets[s + 1]}, exclusive
   */
  public record Segments(DeviceMemory x, ElementType type, DeviceMemory offsets) {}

  /**
   * Pools every segment.
   *
   * @param out [segments, D] float32
   * @param segments the rows
   * @param size of {@code out}: segments (at most 65535) and D
   * @throws IllegalArgumentException when an operand is too small or there are too many segments
   */
  public void launch(LaunchTarget target, DeviceMemory out, Segments segments, MatrixSize size) {
    Check.between("segments", size.rows(), 0, MAX_SEGMENTS);
    Check.holds("out", out, ElementType.F32, size.rows(), size.columns());
    Check.holdsIntegers("offsets", segments.offsets(), size.rows() + 1L);
    if (size.rows() == 0) {
      return;
    }
    target.launch(
        library.kernel(
            "mean_pool", "mean_pool_" + segments.type().toString().toLowerCase(Locale.ROOT)),
        LaunchShape.of(
            Extent.of(Math.ceilDiv(size.columns(), COLUMNS), size.rows()),
            Extent.of(COLUMNS, ROW_GROUPS)),
        KernelArguments.builder()
            .pointer(out)
            .pointer(segments.x())
            .pointer(segments.offsets())
            .i32(size.columns())
            .build());
  }
}
