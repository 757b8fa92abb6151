package dev.phoenix.kernels.reference;

/**
 * Adds rows of a small table, by index, to the rows of a matrix. Source: docs/model.md#3-features.
 */
public final class AddRowsReference {
  private AddRowsReference() {}

  /**
   * out[r] += table[rows[r]].
   *
   * @param out [rows.length, D], updated in place
   * @param table [vocabulary, D]
   * @param rows indices into the table
   * @param columns D
   */
  public static void apply(float[] out, float[] table, int[] rows, int columns) {
    for (int row = 0; row < rows.length; row++) {
      for (int d = 0; d < columns; d++) {
        out[row * columns + d] += table[rows[row] * columns + d];
      }
    }
  }
}
