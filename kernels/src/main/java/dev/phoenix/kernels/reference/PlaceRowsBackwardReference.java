package dev.phoenix.kernels.reference;

/** The gradient of {@link PlaceRowsReference}. Source: docs/model.md#3-features and #9-training. */
final class PlaceRowsBackwardReference {
  private PlaceRowsBackwardReference() {}

  /**
   * gradX[r] += gradOut[rows[r]].
   *
   * @param gradX [rows.length, D], added to
   * @param gradOut [any, D]
   * @param rows indices into {@code gradOut}, each at most once
   * @param columns D
   */
  public static void apply(float[] gradX, float[] gradOut, int[] rows, int columns) {
    AddRowsReference.apply(gradX, gradOut, rows, columns);
  }
}
