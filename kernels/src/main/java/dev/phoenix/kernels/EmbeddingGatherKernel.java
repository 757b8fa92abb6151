package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;
import java.util.Locale;

/**
 * Rows of the combined embedding table by index. Source: docs/model.md#2-hashing and #3-features.
 */
public final class EmbeddingGatherKernel {
  /** The rows at the beginning of the combined table that are zero by definition. */
  public static final int RESERVED_ROWS = 65;

  private static final int VECTOR = 8;

  private final KernelLibrary library;

  /** The kernel on the library's device. */
  public EmbeddingGatherKernel(KernelLibrary library) {
    this.library = library;
  }

  /**
   * A table.
   *
   * @param memory [rows, D]: device memory, or pinned host memory mapped into the device
   * @param type float32 or bfloat16
   * @param rows its rows, reserved ones included
   * @param reserved number of rows at its beginning that are zero and never read: {@link
   *     #RESERVED_ROWS} for the combined table
   */
  public record Table(DeviceMemory memory, ElementType type, int rows, int reserved) {}

  /**
   * Gathers rows of a float32 table without rounding; otherwise as {@link #launch}.
   *
   * @param out [rows, D] float32
   * @throws IllegalArgumentException when an operand is too small, or the table is bfloat16
   */
  public void launchFloats(
      LaunchTarget target, DeviceMemory out, Table table, DeviceMemory indices, MatrixSize size) {
    if (table.type() != ElementType.F32) {
      throw new IllegalArgumentException("table: expected F32, found " + table.type());
    }
    Check.holds("out", out, ElementType.F32, size.rows(), size.columns());
    launch(target, "embedding_gather_f32_f32", out, new Rows(table, indices, size));
  }

  private record Rows(Table table, DeviceMemory indices, MatrixSize size) {}

  /**
   * Gathers rows, rounded to bfloat16. With an item's hashes side by side in {@code indices},
   * {@code out} is their concatenation [items, hashes * D].
   *
   * @param out [rows, D] bfloat16
   * @param table embedding table; an index outside it gives a row of NaN
   * @param indices [rows] int32
   * @param size of {@code out}: rows and D
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      LaunchTarget target, DeviceMemory out, Table table, DeviceMemory indices, MatrixSize size) {
    Check.holds("out", out, ElementType.BF16, size.rows(), size.columns());
    String entry = "embedding_gather_" + table.type().toString().toLowerCase(Locale.ROOT);
    launch(target, entry, out, new Rows(table, indices, size));
  }

  private void launch(LaunchTarget target, String entry, DeviceMemory out, Rows rows) {
    Table table = rows.table();
    DeviceMemory indices = rows.indices();
    MatrixSize size = rows.size();
    Check.between("reserved rows", table.reserved(), 0, table.rows());
    Check.holds("table", table.memory(), table.type(), table.rows(), size.columns());
    Check.holdsIntegers("indices", indices, size.rows());
    if (size.rows() == 0) {
      return;
    }
    boolean vectors = size.columns() % VECTOR == 0 && Check.aligned(out, table.memory());
    int work = vectors ? size.columns() / VECTOR : size.columns();
    target.launch(
        library.kernel("embedding_gather", vectors ? entry : entry + "_any"),
        RowBlock.spreading(work).covering(size.rows()),
        KernelArguments.builder()
            .pointer(out)
            .pointer(table.memory())
            .pointer(indices)
            .i32(size.rows())
            .i32(size.columns())
            .i32(table.rows())
            .i32(table.reserved())
            .build());
  }
}
