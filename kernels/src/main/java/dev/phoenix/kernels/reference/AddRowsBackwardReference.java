package dev.phoenix.kernels.reference;

/**
 * The gradient of {@link AddRowsReference} with respect to its table. Source:
 * docs/model.md#3-features and #9-training.
 */
final class AddRowsBackwardReference {
  private AddRowsBackwardReference() {}

  /**
   * gradTable[rows[r]] += gradOut[r]; a row's uses are summed in ascending order and rounded once.
   *
   * @param gradTable [vocabulary, D], added to
   * @param gradOut [rows.length, D]
   * @param rows indices into the table
   * @param columns D
   */
  public static void apply(float[] gradTable, float[] gradOut, int[] rows, int columns) {
    double[] sums = new double[gradTable.length];
    for (int row = 0; row < rows.length; row++) {
      for (int d = 0; d < columns; d++) {
        sums[rows[row] * columns + d] += gradOut[row * columns + d];
      }
    }
    for (int i = 0; i < sums.length; i++) {
      gradTable[i] += (float) sums[i];
    }
  }
}
