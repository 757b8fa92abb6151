package dev.phoenix.kernels.reference;

/**
 * Rotary position embedding over halves: x cos + rotateHalf(x) sin with rotateHalf(x) = (-x2, x1)
 * and inverse frequencies 10000^(-2i/K). Source: docs/model.md#4-transformer; Su et al., arXiv
 * 2104.09864.
 */
public final class RopeReference {
  /** The base of the inverse frequencies. */
  public static final double BASE = 10000;

  private RopeReference() {}

  /**
   * The part of every row that is rotated: the first {@code heads * headSize} of {@code columns}
   * columns (queries and keys lie before the values).
   */
  public record Shape(int columns, int heads, int headSize) {}

  /**
   * The inverse frequency of pair {@code i}. The model was trained with frequencies and angles in
   * float32, so their rounding is part of the definition: at position 4000 it is a ten-thousandth
   * of a turn.
   */
  public static float frequency(int i, int headSize) {
    return (float) (1 / Math.pow(BASE, 2.0 * i / headSize));
  }

  /**
   * Rotates in place.
   *
   * @param x [rows, columns]
   * @param positions [rows]
   */
  public static void apply(float[] x, int[] positions, Shape shape) {
    int half = shape.headSize() / 2;
    for (int row = 0; row < positions.length; row++) {
      for (int head = 0; head < shape.heads(); head++) {
        int at = row * shape.columns() + head * shape.headSize();
        for (int i = 0; i < half; i++) {
          float angle = positions[row] * frequency(i, shape.headSize());
          double cos = Math.cos(angle);
          double sin = Math.sin(angle);
          float first = x[at + i];
          float second = x[at + half + i];
          x[at + i] = (float) (first * cos - second * sin);
          x[at + half + i] = (float) (second * cos + first * sin);
        }
      }
    }
  }
}
