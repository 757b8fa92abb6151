package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;

/**
 * Copies keys and values to the cache for {@link CandidateAttentionKernel}, for a layer in which no
 * {@link HistoryAttentionKernel} runs.
 */
public final class KeepKeyValuesKernel {
  private static final int VECTOR = 8;

  private final AttentionHeads heads;
  private final Kernel wide;
  private final Kernel any;

  /** The kernel for a head geometry, on the library's device. */
  public KeepKeyValuesKernel(KernelLibrary library, AttentionHeads heads) {
    this.heads = heads;
    this.wide = library.kernel("keep_key_values", "keep_key_values");
    this.any = library.kernel("keep_key_values", "keep_key_values_any");
  }

  /**
   * The rows that hold keys and values.
   *
   * @param x [rows, columns] bfloat16, keys rotated
   * @param size rows and columns
   * @param firstColumn first column of the keys; the values follow them
   */
  public record Source(DeviceMemory x, MatrixSize size, int firstColumn) {}

  /**
   * Copies the keys and values of every row.
   *
   * @param kept [2, G, rows, K] bfloat16: keys, then values, the rows of one head contiguous
   * @throws IllegalArgumentException when an operand is too small or holds no keys and values
   */
  public void launch(LaunchTarget target, DeviceMemory kept, Source source) {
    int rows = source.size().rows();
    int columns = source.size().columns();
    int width = 2 * heads.keyHeads() * heads.headSize();
    Check.between("first column", source.firstColumn(), 0, columns - width);
    Check.holds("kept", kept, ElementType.BF16, heads.keptElements(rows));
    Check.holds("x", source.x(), ElementType.BF16, rows, columns);
    if (rows == 0) {
      return;
    }
    boolean vectors =
        heads.headSize() % VECTOR == 0
            && columns % VECTOR == 0
            && source.firstColumn() % VECTOR == 0
            && Check.aligned(kept, source.x());
    int work = vectors ? width / VECTOR : width;
    target.launch(
        vectors ? wide : any,
        RowBlock.spreading(work).covering(rows, work),
        KernelArguments.builder()
            .pointer(kept)
            .pointer(source.x())
            .i32(rows)
            .i32(columns)
            .i32(source.firstColumn())
            .i32(heads.keyHeads())
            .i32(heads.headSize())
            .build());
  }
}
