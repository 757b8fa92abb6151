package dev.phoenix.kernels.reference;

/** Rows of an embedding table by index. Source: docs/model.md#2-hashing and #3-features. */
public final class EmbeddingGatherReference {
  private EmbeddingGatherReference() {}

  /**
   * Copies rows.
   *
   * @param out [rows.length, D]
   * @param table [vocabulary, D]
   * @param rows indices into the table
   * @param columns D
   */
  public static void apply(float[] out, float[] table, int[] rows, int columns) {
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(table, rows[i] * columns, out, i * columns, columns);
    }
  }
}
