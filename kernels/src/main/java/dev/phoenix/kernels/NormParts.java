package dev.phoenix.kernels;

import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;

/**
 * Splits the rows of a norm's backward pass into parts, one block each. The order in which the
 * scale's gradient is summed depends only on the number of rows.
 */
final class NormParts {
  /** The widest row. */
  static final int MAX_COLUMNS = 4096;

  private static final int ROWS = 64;
  private static final int FEW = 4;
  private static final int MANY = 16;
  private static final int WARP = 32;
  private static final int THREADS = 256;

  private NormParts() {}

  static int rowsPerPart() {
    return ROWS;
  }

  static int parts(int rows) {
    return Math.ceilDiv(rows, ROWS);
  }

  /** The suffix of the entry's name for rows of this width. */
  static String suffix(int columns) {
    return columns <= THREADS * FEW ? "_" + FEW : "_" + MANY;
  }

  /** One warp per row if its registers hold the row, otherwise one block per row. */
  static LaunchShape shape(MatrixSize size) {
    Extent block =
        size.columns() <= WARP * FEW ? Extent.of(WARP, THREADS / WARP) : Extent.of(THREADS, 1);
    return LaunchShape.of(Extent.of(parts(size.rows())), block);
  }
}
