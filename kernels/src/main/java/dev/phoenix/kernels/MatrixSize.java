package dev.phoenix.kernels;

/**
 * The size of a dense row-major matrix.
 *
 * @param rows at least 0; nothing is launched for 0 rows
 * @param columns at least 1
 */
public record MatrixSize(int rows, int columns) {
  /** Checks the sizes. */
  public MatrixSize {
    if (rows < 0 || columns < 1) {
      throw new IllegalArgumentException(
          "expected at least 0 rows and 1 column, found " + rows + " x " + columns);
    }
  }
}
