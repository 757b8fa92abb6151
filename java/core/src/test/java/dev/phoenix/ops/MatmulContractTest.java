package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.kernels.reference.ActivationReference;
import dev.phoenix.kernels.reference.GegluReference;
import dev.phoenix.kernels.reference.MatmulReference;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Closeness;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests matrix products. The error of a sum of n products is at most n roundings of the sum of
 * their magnitudes.
 */
@ParameterizedClass
@EnumSource(Backend.class)
class MatmulContractTest {
  private static final int[] ROWS = {0, 1, 3, 4, 5, 7, 8, 9, 33};
  private static final int[] DEPTHS = {1, 2, 15, 16, 17, 33, 65};

  private final Workbench bench;
  private final Ops ops;

  MatmulContractTest(Backend backend) {
    bench = new Workbench(backend, "products");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  /** A product and the sums of the magnitudes of its terms. */
  private record Product(float[] x, float[] w, float[] values, float[] sizes) {
    static Product of(float[] x, float[] w, MatmulReference.Shape shape) {
      float[] values = new float[shape.rows() * shape.out()];
      float[] sizes = new float[values.length];
      MatmulReference.apply(values, x, w, shape);
      MatmulReference.apply(sizes, Workbench.absolute(x), Workbench.absolute(w), shape);
      return new Product(x, w, values, sizes);
    }

    /**
     * The error bound of element {@code i} after {@code n} terms and a final rounding of {@code
     * kept}.
     */
    double allowed(int i, int n, double kept) {
      return kept * Math.abs(values[i]) + (n + 2) * Closeness.FLOAT_ROUNDING * sizes[i];
    }
  }

  private Product product(int rows, int in, int out) {
    return Product.of(
        bench.values(rows * in), bench.values(in * out), new MatmulReference.Shape(rows, in, out));
  }

  @Test
  void matmulMultipliesAtEverySize() {
    for (int rows : ROWS) {
      for (int in : DEPTHS) {
        for (int out : Workbench.SIZES) {
          Product product = product(rows, in, out);
          Tensor result = bench.stale(rows == 0 ? 1 : 0, out);
          ops.matmul(result, bench.tensor(rows, in, product.x), bench.matrix(in, out, product.w));
          assertEquals(rows, result.rows());
          double kept = bench.kept();
          Closeness.assertWithin(
              "matmul by [%d, %d] %s".formatted(in, out, result),
              product.values,
              result.toArray(),
              i -> product.allowed(i, in, kept));
        }
      }
    }
  }

  @Test
  void floatMatricesMultiplyInFloat32InEveryPrecision() {
    Product product = product(9, 33, 17);
    Tensor result = bench.stale(9, 17);
    Weight w = ops.floatMatrix(bench.scope, new Shape(33, 17), product.w);
    ops.matmul(result, bench.tensor(9, 33, product.x), w);
    Closeness.assertWithin(
        "matmul",
        product.values,
        result.toArray(),
        i -> product.allowed(i, 33, 2 * Closeness.FLOAT_ROUNDING));
  }

  /**
   * gelu has a slope of at most 1.13, so the error of the gate is multiplied by that and by the
   * other factor. The error of gelu itself is below 64 roundings unless its value is tiny.
   */
  @Test
  void gatedMatmulMultipliesGeluOfOneProductByTheOther() {
    for (int rows : ROWS) {
      for (int in : new int[] {1, 17, 64}) {
        for (int out : Workbench.SIZES) {
          Product gate = product(rows, in, out);
          Product up =
              Product.of(gate.x, bench.values(in * out), new MatmulReference.Shape(rows, in, out));
          float[] expected = new float[rows * out];
          GegluReference.apply(expected, gate.values, up.values);
          Tensor result = bench.stale(2, out);
          ops.gatedMatmul(
              result,
              bench.tensor(rows, in, gate.x),
              ops.gatedMatrix(bench.scope, new Shape(in, out), gate.w, up.w));
          double kept = bench.kept();
          Closeness.assertWithin(
              "gatedMatmul by [%d, %d] %s".formatted(in, out, result),
              expected,
              result.toArray(),
              i -> {
                double ofGate = gate.allowed(i, in, kept);
                double ofUp = up.allowed(i, in, kept);
                double gelu = Math.abs(ActivationReference.gelu(gate.values[i]));
                return 1.13 * ofGate * (Math.abs(up.values[i]) + ofUp)
                    + gelu * ofUp
                    + (kept + 64 * Closeness.FLOAT_ROUNDING) * Math.abs(expected[i]);
              });
        }
      }
    }
  }

  @Test
  void rowsThatAreNotFiniteStayAmongThemselves() {
    Product product = product(9, 17, 17);
    float[] x = product.x.clone();
    Weight w = bench.matrix(17, 17, product.w);
    Tensor clean = bench.stale(9, 17);
    ops.matmul(clean, bench.tensor(9, 17, x), w);
    x[4 * 17 + 3] = Float.NaN;
    x[6 * 17 + 16] = Float.POSITIVE_INFINITY;
    Tensor tainted = bench.stale(9, 17);
    ops.matmul(tainted, bench.tensor(9, 17, x), w);
    float[] expected = clean.toArray();
    float[] found = tainted.toArray();
    for (int column = 0; column < 17; column++) {
      assertTrue(Float.isNaN(found[4 * 17 + column]), "NaN in, NaN out");
      assertTrue(!Float.isFinite(found[6 * 17 + column]), "Inf in, nothing finite out");
    }
    System.arraycopy(expected, 4 * 17, found, 4 * 17, 17);
    System.arraycopy(expected, 6 * 17, found, 6 * 17, 17);
    Closeness.assertSame("the other rows", expected, found);
  }

  @Test
  void everyRowIsComputedFromItsOwnInputsAlone() {
    Product product = product(65, 33, 65);
    Weight w = bench.matrix(33, 65, product.w);
    Tensor together = bench.stale(65, 65);
    ops.matmul(together, bench.tensor(65, 33, product.x), w);
    for (int row = 0; row < 65; row++) {
      Tensor alone = bench.stale(1, 65);
      float[] x = Arrays.copyOfRange(product.x, row * 33, (row + 1) * 33);
      ops.matmul(alone, bench.tensor(1, 33, x), w);
      float[] expected = Arrays.copyOfRange(together.toArray(), row * 65, (row + 1) * 65);
      Closeness.assertSame("row " + row + " alone", expected, alone.toArray());
    }
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    Tensor x = bench.tensor(3, 5, new float[15]);
    Tensor out = bench.stale(3, 7);
    Weight w = bench.matrix(5, 6, new float[30]);
    Weight tall = bench.matrix(4, 7, new float[28]);
    assertThrows(IllegalArgumentException.class, () -> ops.matmul(out, x, w));
    assertThrows(IllegalArgumentException.class, () -> ops.matmul(out, x, tall));
    assertThrows(IllegalArgumentException.class, () -> bench.matrix(5, 6, new float[29]));
  }
}
