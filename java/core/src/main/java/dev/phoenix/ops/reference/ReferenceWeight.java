package dev.phoenix.ops.reference;

import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.util.List;

/** One matrix, a gated pair of matrices, or a scale, dense. */
final class ReferenceWeight implements Weight, Scope.Resource {
  private final Shape shape;
  private List<float[]> matrices;

  private ReferenceWeight(Shape shape, List<float[]> matrices) {
    this.shape = shape;
    this.matrices = matrices;
  }

  /** A weight of {@code matrices}, each of {@code shape}. */
  static ReferenceWeight create(Scope scope, Shape shape, float[]... matrices) {
    for (float[] matrix : matrices) {
      if (matrix.length != shape.elements()) {
        throw new IllegalArgumentException(
            "a matrix %s takes %d values, found %d"
                .formatted(shape, shape.elements(), matrix.length));
      }
    }
    return scope.own(new ReferenceWeight(shape, List.of(matrices)));
  }

  static ReferenceWeight of(Weight weight) {
    if (weight instanceof ReferenceWeight reference) {
      return reference;
    }
    if (weight instanceof ReferenceTrainable trainable) {
      return new ReferenceWeight(trainable.shape(), List.of(trainable.refreshed()));
    }
    throw new IllegalArgumentException(
        "a weight of " + weight.shape() + " is not one of the reference backend");
  }

  /** The only matrix, or the gate of a gated pair. */
  float[] values() {
    return matrix(0);
  }

  /** The second matrix of a gated pair. */
  float[] up() {
    return matrix(1);
  }

  private float[] matrix(int i) {
    if (i >= matrices.size()) {
      throw new IllegalStateException(
          "a weight of " + shape + (matrices.isEmpty() ? " is closed" : " is not gated"));
    }
    return matrices.get(i);
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public long bytes() {
    return (long) matrices.size() * shape.elements() * Float.BYTES;
  }

  @Override
  public void release() {
    matrices = List.of();
  }
}
