package dev.phoenix.evaluation;

import java.util.Arrays;

/** A sparse square matrix, stored by row. */
final class SparseRows {
  private final int[][] columns;
  private final float[][] values;

  SparseRows(int size) {
    this.columns = new int[size][];
    this.values = new float[size][];
  }

  int size() {
    return columns.length;
  }

  /**
   * Sets a row to the entries of {@code dense} at the indices {@code touched} and clears them in
   * {@code dense}.
   */
  void take(int row, float[] dense, int[] touched, int count) {
    columns[row] = Arrays.copyOf(touched, count);
    values[row] = new float[count];
    for (int i = 0; i < count; i++) {
      values[row][i] = dense[touched[i]];
      dense[touched[i]] = 0;
    }
  }

  /** sum += weight * row. */
  void addRow(float[] sum, int row, float weight) {
    for (int i = 0; i < columns[row].length; i++) {
      sum[columns[row][i]] += weight * values[row][i];
    }
  }

  /** Multiplies every entry of a row by {@code factor} and by the factor of its column. */
  void scale(int row, float factor, float[] byColumn) {
    for (int i = 0; i < columns[row].length; i++) {
      values[row][i] *= factor * byColumn[columns[row][i]];
    }
  }

  /** The sum of a row. */
  float sum(int row) {
    float sum = 0;
    for (float value : values[row]) {
      sum += value;
    }
    return sum;
  }
}
