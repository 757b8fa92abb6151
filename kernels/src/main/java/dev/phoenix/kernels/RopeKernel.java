package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;

/**
 * Rotary position embedding over halves, in place on the queries and keys of fused rows. Source:
 * docs/model.md#4-transformer; Su et al., arXiv 2104.09864.
 */
public final class RopeKernel {
  private static final double BASE = 10000;
  private static final int VECTOR = 8;

  private final Kernel wide;
  private final Kernel any;

  /** The kernel on the library's device. */
  public RopeKernel(KernelLibrary library) {
    this.wide = library.kernel("rope", "rope");
    this.any = library.kernel("rope", "rope_any");
  }

  /**
   * The fused rows.
   *
   * @param x [rows, columns] bfloat16, rotated in place
   * @param rows number of rows
   * @param columns of a row, e.g. (H + 2G) * K
   * @param heads number of heads at a row's beginning to rotate, e.g. H + G
   * @param headSize K, even
   */
  public record Rows(DeviceMemory x, int rows, int columns, int heads, int headSize) {
    /** Checks the geometry. */
    public Rows {
      if (headSize < 2 || headSize % 2 != 0) {
        throw new IllegalArgumentException("head size: expected an even number, found " + headSize);
      }
      if (heads < 1 || heads * headSize > columns) {
        throw new IllegalArgumentException(
            "expected heads that fit %d columns, found %d of size %d"
                .formatted(columns, heads, headSize));
      }
      Check.holds("x", x, ElementType.BF16, rows, columns);
    }
  }

  /**
   * The rotation table.
   *
   * @param memory device copy of the result of {@link #table}
   * @param positions number of positions
   */
  public record Table(DeviceMemory memory, int positions) {}

  /**
   * Cosine and sine of every angle, for the device: [positions, K/2] pairs.
   *
   * @param positions how many positions, e.g. the longest sequence
   * @param headSize K, even
   */
  public static float[] table(int positions, int headSize) {
    int half = headSize / 2;
    float[] table = new float[positions * half * 2];
    for (int position = 0; position < positions; position++) {
      for (int i = 0; i < half; i++) {
        // In float32, as in training; see RopeReference.
        float angle = position * (float) (1 / Math.pow(BASE, 2.0 * i / headSize));
        table[2 * (position * half + i)] = (float) Math.cos(angle);
        table[2 * (position * half + i) + 1] = (float) Math.sin(angle);
      }
    }
    return table;
  }

  /**
   * Rotates.
   *
   * @param rows the fused rows
   * @param positions [rows] int32; one outside the table gives NaN
   * @param table rotation table for this head size
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(LaunchTarget target, Rows rows, DeviceMemory positions, Table table) {
    int half = rows.headSize() / 2;
    Check.holdsIntegers("positions", positions, rows.rows());
    Check.holds("table", table.memory(), ElementType.F32, table.positions(), half, 2);
    if (rows.rows() == 0) {
      return;
    }
    boolean vectors =
        half % VECTOR == 0
            && rows.columns() % VECTOR == 0
            && Check.aligned(rows.x(), table.memory());
    int work = rows.heads() * (vectors ? half / VECTOR : half);
    target.launch(
        vectors ? wide : any,
        RowBlock.spreading(work).covering(rows.rows()),
        KernelArguments.builder()
            .pointer(rows.x())
            .pointer(positions)
            .pointer(table.memory())
            .i32(rows.rows())
            .i32(rows.columns())
            .i32(rows.heads())
            .i32(half)
            .i32(table.positions())
            .build());
  }
}
