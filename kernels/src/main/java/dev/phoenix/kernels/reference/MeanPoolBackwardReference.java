package dev.phoenix.kernels.reference;

/** The gradient of {@link MeanPoolReference}. Source: docs/model.md#6-retrieval and #9-training. */
public final class MeanPoolBackwardReference {
  private MeanPoolBackwardReference() {}

  /**
   * Adds the gradient of its segment / number of rows to every row.
   *
   * @param gradX [rows, D], added to
   * @param gradOut [segments, D]
   * @param offsets [segments + 1]
   * @param columns D
   */
  public static void apply(float[] gradX, float[] gradOut, int[] offsets, int columns) {
    for (int segment = 0; segment + 1 < offsets.length; segment++) {
      int count = Math.max(offsets[segment + 1] - offsets[segment], 1);
      for (int row = offsets[segment]; row < offsets[segment + 1]; row++) {
        for (int d = 0; d < columns; d++) {
          gradX[row * columns + d] += gradOut[segment * columns + d] / count;
        }
      }
    }
  }
}
