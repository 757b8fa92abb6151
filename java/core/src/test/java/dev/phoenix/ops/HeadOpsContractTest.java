package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.kernels.reference.L2NormalizeReference;
import dev.phoenix.kernels.reference.MeanPoolReference;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Closeness;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests pooling and unit lengths, float32 at every precision. */
@ParameterizedClass
@EnumSource(Backend.class)
class HeadOpsContractTest {
  private static final int[] LENGTHS = {0, 1, 2, 0, 15, 16, 33, 65, 0};

  private final Workbench bench;
  private final Ops ops;

  HeadOpsContractTest(Backend backend) {
    bench = new Workbench(backend, "heads");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  @Test
  void meanPoolAveragesEverySegmentAndGivesZeroForAnEmptyOne() {
    int rows = Arrays.stream(LENGTHS).sum();
    for (int columns : Workbench.SIZES) {
      float[] x = bench.values(rows * columns);
      int[] offsets = Workbench.offsets(LENGTHS);
      float[] expected = new float[LENGTHS.length * columns];
      float[] sizes = new float[expected.length];
      MeanPoolReference.apply(expected, x, offsets, columns);
      MeanPoolReference.apply(sizes, Workbench.absolute(x), offsets, columns);
      Tensor out = bench.stale(4, columns);
      ops.meanPool(out, bench.tensor(rows, columns, x), Workbench.layout(LENGTHS));
      Closeness.assertWithin(
          "meanPool " + out,
          expected,
          out.toArray(),
          i -> (LENGTHS[i / columns] + 3) * Closeness.FLOAT_ROUNDING * sizes[i]);
    }
  }

  @Test
  void meanPoolKeepsNonFiniteValuesInTheirSegmentAndColumn() {
    float[] x = bench.values(5 * 3);
    x[4] = Float.NaN;
    x[14] = Float.NEGATIVE_INFINITY;
    float[] expected = new float[9];
    MeanPoolReference.apply(expected, x, Workbench.offsets(2, 1, 2), 3);
    Tensor out = bench.stale(3, 3);
    ops.meanPool(out, bench.tensor(5, 3, x), Workbench.layout(2, 1, 2));
    Closeness.assertWithin(
        "meanPool", expected, out.toArray(), i -> 8 * Closeness.FLOAT_ROUNDING * 5);
  }

  @Test
  void l2NormalizeGivesUnitRowsAndTheirLengths() {
    for (int rows : new int[] {0, 1, 8, 33}) {
      for (int columns : Workbench.SIZES) {
        float[] x = bench.values(rows * columns);
        for (int i = 0; i < x.length; i++) {
          x[i] *= i / columns % 4 == 1 ? 0f : i / columns % 4 == 2 ? 0x1p-30f : 1f;
        }
        float[] expected = new float[x.length];
        float[] expectedNorms = new float[rows];
        L2NormalizeReference.apply(expected, expectedNorms, x);
        Tensor lengths = bench.stale(rows + 2, 1);
        Tensor out = bench.stale(2, columns);
        ops.l2Normalize(out, lengths, bench.tensor(rows, columns, x));
        double error = (columns + 8) * Closeness.FLOAT_ROUNDING;
        Closeness.assertWithin(
            "l2Normalize " + out, expected, out.toArray(), i -> error * Math.abs(expected[i]));
        Closeness.assertWithin(
            "lengths", expectedNorms, lengths.toArray(), i -> error * expectedNorms[i]);
      }
    }
  }

  @Test
  void lengthsThatDoNotFitAreRefused() {
    Tensor x = bench.tensor(3, 2, new float[6]);
    Tensor out = bench.stale(3, 2);
    Tensor few = ops.tensor(bench.scope, "few", new Shape(2, 1));
    Tensor wide = ops.tensor(bench.scope, "wide", new Shape(3, 2));
    assertThrows(IllegalArgumentException.class, () -> ops.l2Normalize(out, few, x));
    assertThrows(IllegalArgumentException.class, () -> ops.l2Normalize(out, wide, x));
  }
}
