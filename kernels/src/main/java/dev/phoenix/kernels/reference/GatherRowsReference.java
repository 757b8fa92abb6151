package dev.phoenix.kernels.reference;

/** Copies rows of a matrix by index. */
public final class GatherRowsReference {
  private GatherRowsReference() {}

  /**
   * out[r] = x[rows[r]], or zeros where the index is not that of a row.
   *
   * @param out [rows.length, D]
   * @param x [any, D]
   * @param rows indices into {@code x}; others give zeros
   * @param columns D
   */
  public static void apply(float[] out, float[] x, int[] rows, int columns) {
    for (int i = 0; i < out.length; i++) {
      int row = rows[i / columns];
      boolean inside = row >= 0 && row < x.length / columns;
      out[i] = inside ? x[row * columns + i % columns] : 0;
    }
  }
}
