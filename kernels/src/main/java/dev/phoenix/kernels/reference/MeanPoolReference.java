package dev.phoenix.kernels.reference;

/** The mean of a segment's rows; zero for an empty segment. Source: docs/model.md#6-retrieval. */
public final class MeanPoolReference {
  private MeanPoolReference() {}

  /**
   * Pools every segment.
   *
   * @param out [segments, D]
   * @param x [rows, D]
   * @param offsets [segments + 1]
   * @param columns D
   */
  public static void apply(float[] out, float[] x, int[] offsets, int columns) {
    for (int segment = 0; segment + 1 < offsets.length; segment++) {
      int count = Math.max(offsets[segment + 1] - offsets[segment], 1);
      for (int d = 0; d < columns; d++) {
        double sum = 0;
        for (int row = offsets[segment]; row < offsets[segment + 1]; row++) {
          sum += x[row * columns + d];
        }
        out[segment * columns + d] = (float) (sum / count);
      }
    }
  }
}
