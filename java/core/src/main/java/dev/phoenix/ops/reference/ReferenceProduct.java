package dev.phoenix.ops.reference;

import dev.phoenix.kernels.reference.MatmulReference;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;

/** Matrix products by the reference definition. */
final class ReferenceProduct {
  private ReferenceProduct() {}

  /** Returns x · w after checking the shapes, that of {@code out} included. */
  static float[] of(Tensor out, Tensor x, Shape weight, float[] w) {
    if (x.columns() != weight.rows() || out.columns() != weight.columns()) {
      throw new IllegalArgumentException(
          "%s cannot be multiplied by %s into %s".formatted(x, weight, out));
    }
    float[] product = new float[x.rows() * weight.columns()];
    MatmulReference.apply(
        product,
        ReferenceTensor.of(x).values(),
        w,
        new MatmulReference.Shape(x.rows(), weight.rows(), weight.columns()));
    return product;
  }
}
