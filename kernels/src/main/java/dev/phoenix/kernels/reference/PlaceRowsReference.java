package dev.phoenix.kernels.reference;

/** Moves rows to their places among the rows of a batch. Source: docs/model.md#3-features. */
public final class PlaceRowsReference {
  private PlaceRowsReference() {}

  /**
   * out[rows[r]] = x[r]; other rows of {@code out} are unchanged.
   *
   * @param out [any, D], updated in place
   * @param x [rows.length, D]
   * @param rows indices into {@code out}, each at most once; rows with others are left out
   * @param columns D
   */
  public static void apply(float[] out, float[] x, int[] rows, int columns) {
    for (int row = 0; row < rows.length; row++) {
      if (rows[row] >= 0 && rows[row] < out.length / columns) {
        System.arraycopy(x, row * columns, out, rows[row] * columns, columns);
      }
    }
  }
}
