package dev.phoenix.kernels.reference;

/** Copies keys and values of fused rows into the layout of the key/value cache. */
public final class KeepKeyValuesReference {
  private KeepKeyValuesReference() {}

  /**
   * Copies keys, then values; the rows of one head become contiguous.
   *
   * @param kept [2, G, rows, K]
   * @param x [rows, (H + 2 G) K]: queries, keys, values
   * @param shape H, G and K
   */
  public static void apply(float[] kept, float[] x, AttentionShape shape) {
    int size = shape.headSize();
    int columns = shape.queryColumns() + 2 * shape.keyColumns();
    int rows = x.length / columns;
    for (int block = 0; block < 2 * shape.keyValueHeads(); block++) {
      for (int row = 0; row < rows; row++) {
        int from = row * columns + shape.queryColumns() + block * size;
        System.arraycopy(x, from, kept, (block * rows + row) * size, size);
      }
    }
  }
}
