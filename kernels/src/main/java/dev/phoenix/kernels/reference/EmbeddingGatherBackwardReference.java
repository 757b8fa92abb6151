package dev.phoenix.kernels.reference;

import java.util.Arrays;

/**
 * The gradient of {@link EmbeddingGatherReference} with respect to its table, for the used rows
 * only: the table is too large for a dense gradient. Source: docs/model.md#2-hashing and
 * #9-training.
 */
public final class EmbeddingGatherBackwardReference {
  private EmbeddingGatherBackwardReference() {}

  /**
   * The gradients of the rows that were used.
   *
   * @param rows [used], ascending, each once
   * @param gradients [used, D]
   */
  public record RowGradients(int[] rows, float[] gradients) {}

  /**
   * Sums the gradients of every row's uses, in ascending order of the uses.
   *
   * @param gradOut [rows.length, D]
   * @param rows indices into the table
   * @param reserved rows below this index are zero by definition and get no gradient
   * @param columns D
   */
  public static RowGradients apply(float[] gradOut, int[] rows, int reserved, int columns) {
    int[] used = Arrays.stream(rows).filter(row -> row >= reserved).sorted().distinct().toArray();
    double[] sums = new double[used.length * columns];
    for (int use = 0; use < rows.length; use++) {
      int slot = Arrays.binarySearch(used, rows[use]);
      for (int d = 0; slot >= 0 && d < columns; d++) {
        sums[slot * columns + d] += gradOut[use * columns + d];
      }
    }
    float[] gradients = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      gradients[i] = (float) sums[i];
    }
    return new RowGradients(used, gradients);
  }
}
