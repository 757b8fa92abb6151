package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.kernels.reference.ActivationReference;
import dev.phoenix.kernels.reference.AddRowsReference;
import dev.phoenix.kernels.reference.PlaceRowsReference;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Closeness;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests operations on the rows and elements of tokens. */
@ParameterizedClass
@EnumSource(Backend.class)
class TokenOpsContractTest {
  private static final int[] ROWS = {0, 1, 7, 8, 9, 33};

  private final Workbench bench;
  private final Ops ops;

  TokenOpsContractTest(Backend backend) {
    bench = new Workbench(backend, "token operations");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  @Test
  void gatherCopiesEveryRowOnceAndInPlace() {
    for (int columns : Workbench.SIZES) {
      for (int rows : ROWS) {
        float[] source = bench.values(rows * columns);
        Tensor out = bench.stale(rows, columns);
        ops.gather(out, (row, to, at) -> System.arraycopy(source, row * columns, to, at, columns));
        Closeness.assertSame("gather " + out, source, out.toArray());
      }
    }
  }

  @Test
  void addRowsAddsTheNamedRowOfTheTable() {
    for (int columns : Workbench.SIZES) {
      for (int rows : ROWS) {
        float[] table = bench.values(5 * columns);
        float[] expected = bench.values(rows * columns);
        Tensor out = bench.tensor(rows, columns, expected);
        int[] indices = bench.random.ints(rows, 0, 5).toArray();
        AddRowsReference.apply(expected, table, indices, columns);
        ops.addRows(out, bench.tensor(5, columns, table), Arrays.copyOf(indices, rows + 3));
        double kept = bench.kept();
        Closeness.assertWithin(
            "addRows " + out, expected, out.toArray(), i -> kept * Math.abs(expected[i]));
      }
    }
  }

  @Test
  void placeRowsMovesRowsAndLeavesTheOthers() {
    for (int columns : Workbench.SIZES) {
      for (int rows : ROWS) {
        float[] expected = bench.values(2 * rows * columns);
        float[] moved = bench.values(rows * columns);
        Tensor out = bench.tensor(2 * rows, columns, expected);
        int[] indices = new int[rows];
        Arrays.setAll(indices, i -> 2 * (rows - 1 - i) + i % 2);
        PlaceRowsReference.apply(expected, moved, indices, columns);
        ops.placeRows(out, bench.tensor(rows, columns, moved), indices);
        Closeness.assertSame("placeRows " + out, expected, out.toArray());
      }
    }
  }

  @Test
  void takeRowsFindsRowsAndGivesZerosForNone() {
    for (int columns : Workbench.SIZES) {
      float[] x = bench.values(5 * columns);
      int[] indices = {4, -1, 0, 4, 2, -1};
      float[] expected = new float[indices.length * columns];
      for (int r = 0; r < indices.length; r++) {
        if (indices[r] >= 0) {
          System.arraycopy(x, indices[r] * columns, expected, r * columns, columns);
        }
      }
      Tensor out = bench.tensor(indices.length, columns, bench.values(expected.length));
      ops.takeRows(out, bench.tensor(5, columns, x), indices);
      Closeness.assertSame("takeRows " + out, expected, out.toArray());
    }
  }

  @Test
  void rowIndicesOutsideTheTableAreRefused() {
    Tensor out = bench.tensor(2, 3, new float[6]);
    Tensor table = bench.tensor(4, 3, new float[12]);
    assertThrows(IllegalArgumentException.class, () -> ops.addRows(out, table, new int[] {0, 4}));
    assertThrows(IllegalArgumentException.class, () -> ops.addRows(out, table, new int[] {-1, 0}));
    assertThrows(IllegalArgumentException.class, () -> ops.addRows(out, table, new int[] {0}));
    assertThrows(IllegalArgumentException.class, () -> ops.takeRows(out, table, new int[] {0, 4}));
    assertThrows(IllegalArgumentException.class, () -> ops.takeRows(out, table, new int[] {-2, 0}));
    assertThrows(IllegalArgumentException.class, () -> ops.takeRows(out, table, new int[] {0}));
    assertThrows(
        IllegalArgumentException.class, () -> ops.placeRows(out, table, new int[] {0, 1, 2, 3}));
  }

  /**
   * x / (1 + e^-x): e^-x has an error of 3 roundings of the argument and 4 of its own; the other
   * operations add 3. A backend may clamp below e^-87, which allows an absolute error of 1e-35.
   */
  @Test
  void siluFollowsItsDefinition() {
    for (int columns : Workbench.SIZES) {
      float[] x = elements(9 * columns);
      float[] expected = new float[x.length];
      ActivationReference.silu(expected, x);
      Tensor tensor = bench.tensor(9, columns, x);
      ops.silu(tensor, tensor);
      Closeness.assertWithin(
          "silu " + tensor,
          expected,
          tensor.toArray(),
          i -> (3 * Math.abs(x[i]) + 8) * 0x1p-24 * Math.abs(expected[i]) + 1e-35);
      Tensor apart = bench.stale(1, columns);
      ops.silu(apart, bench.tensor(9, columns, x));
      Closeness.assertSame("silu apart " + apart, tensor.toArray(), apart.toArray());
    }
  }

  /** Values of many magnitudes, including zeros of both signs and NaN. */
  private float[] elements(int count) {
    float[] x = bench.values(count);
    for (int i = 0; i < count; i++) {
      switch (i % 7) {
        case 1 -> x[i] *= 10;
        case 2 -> x[i] = -0f;
        case 3 -> x[i] *= 0x1p-20f;
        case 4 -> x[i] = i % 2 == 0 ? Float.NaN : 0f;
        default -> {}
      }
    }
    return x;
  }
}
