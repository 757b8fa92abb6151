package dev.phoenix.ops;

/**
 * The part of every row that a rotary position embedding rotates: the first {@code heads *
 * headSize} of {@code columns} columns. Pair i of a head turns by position * 10000^(-2i/K). Source:
 * docs/model.md#4-transformer.
 *
 * @param columns columns of a row
 * @param heads heads that are rotated
 * @param headSize K, even: column i of a head is paired with column i + K/2
 */
public record RopeShape(int columns, int heads, int headSize) {
  private static final double BASE = 10000;

  /** Checks the sizes. */
  public RopeShape {
    if (headSize < 2 || headSize % 2 != 0) {
      throw new IllegalArgumentException(
          "head size must be even and at least 2, found " + headSize);
    }
    if (heads < 1 || (long) heads * headSize > columns) {
      throw new IllegalArgumentException(
          "expected from 1 head to as many as %d columns hold, found %d heads of %d"
              .formatted(columns, heads, headSize));
    }
  }

  /**
   * The turn of pair {@code i} per position, in radians. Its rounding to float32 is part of the
   * definition, because the model was trained with it.
   */
  public float frequency(int i) {
    return (float) (1 / Math.pow(BASE, 2.0 * i / headSize));
  }
}
