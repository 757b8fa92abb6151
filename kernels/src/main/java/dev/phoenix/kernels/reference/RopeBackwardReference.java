package dev.phoenix.kernels.reference;

/**
 * The gradient of {@link RopeReference}: a rotation's transpose is the rotation by the negative
 * angle. Source: docs/model.md#4-transformer and #9-training.
 */
public final class RopeBackwardReference {
  private RopeBackwardReference() {}

  /**
   * Replaces the gradients of rotated rows by those of the rows before rotation.
   *
   * @param grad [rows, columns]
   * @param positions [rows]
   */
  public static void apply(float[] grad, int[] positions, RopeReference.Shape shape) {
    int half = shape.headSize() / 2;
    for (int row = 0; row < positions.length; row++) {
      for (int head = 0; head < shape.heads(); head++) {
        int at = row * shape.columns() + head * shape.headSize();
        for (int i = 0; i < half; i++) {
          float angle = positions[row] * RopeReference.frequency(i, shape.headSize());
          double cos = Math.cos(angle);
          double sin = Math.sin(angle);
          float first = grad[at + i];
          float second = grad[at + half + i];
          grad[at + i] = (float) (first * cos + second * sin);
          grad[at + half + i] = (float) (second * cos - first * sin);
        }
      }
    }
  }
}
