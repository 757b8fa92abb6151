package dev.phoenix.model;

/**
 * Multiplies small feature tables by their block of a projection. A token is [wide rows | table row
 * | table row ...] · projection, so the product of each table with its block can be computed once
 * at load.
 *
 * @param projection [postColumns + blocks * columns, columns]
 * @param columns D
 * @param postColumns rows of the projection before the first block
 */
record FoldedTables(float[] projection, int columns, int postColumns) {
  /** {@code table} [n, D] · block {@code block} [D, D], summed in double. */
  float[] fold(float[] table, int block) {
    return foldInto(new float[table.length], table, block);
  }

  /** Like {@link #fold} with a row of zeros appended for indices outside the table: [n + 1, D]. */
  float[] foldWithZeroRow(float[] table, int block) {
    return foldInto(new float[table.length + columns], table, block);
  }

  private float[] foldInto(float[] folded, float[] table, int block) {
    int rows = table.length / columns;
    int blockRow = postColumns + block * columns;
    double[] sums = new double[columns];
    for (int row = 0; row < rows; row++) {
      java.util.Arrays.fill(sums, 0);
      for (int k = 0; k < columns; k++) {
        double factor = table[row * columns + k];
        int at = (blockRow + k) * columns;
        for (int column = 0; column < columns; column++) {
          sums[column] += factor * projection[at + column];
        }
      }
      for (int column = 0; column < columns; column++) {
        folded[row * columns + column] = (float) sums[column];
      }
    }
    return folded;
  }
}
