package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.kernels.reference.AddRmsNormReference;
import dev.phoenix.kernels.reference.RmsNormReference;
import dev.phoenix.kernels.reference.RopeReference;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Closeness;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests norms and rotations of rows. */
@ParameterizedClass
@EnumSource(Backend.class)
class NormAndRopeContractTest {
  private static final int[] ROWS = {0, 1, 7, 8, 9, 33};

  private final Workbench bench;
  private final Ops ops;

  NormAndRopeContractTest(Backend backend) {
    bench = new Workbench(backend, "norms and rotations");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  /**
   * The relative error of a norm. Squares are positive, so their sum has n relative roundings and
   * its root half as many.
   */
  private double normError(int columns) {
    return bench.kept() + (columns + 8) * Closeness.FLOAT_ROUNDING;
  }

  /** Rows of normal values, of zeros, of tiny and of huge ones, and one with a NaN. */
  private float[] rows(int rows, int columns) {
    float[] x = bench.values(rows * columns);
    for (int i = 0; i < x.length; i++) {
      int row = i / columns;
      x[i] *=
          switch (row % 8) {
            case 1 -> 0f;
            case 2 -> 0x1p-40f;
            case 3 -> 0x1p40f;
            default -> 1f;
          };
      if (row % 8 == 5 && i % columns == columns / 2) {
        x[i] = Float.NaN;
      }
    }
    return x;
  }

  @Test
  void rmsNormNormalisesEveryRow() {
    for (int rows : ROWS) {
      for (int columns : Workbench.SIZES) {
        float[] x = rows(rows, columns);
        float[] scale = bench.values(columns);
        float[] expected = new float[x.length];
        RmsNormReference.apply(expected, x, scale);
        Tensor out = bench.stale(2, columns);
        ops.rmsNorm(out, bench.tensor(rows, columns, x), ops.scale(bench.scope, scale));
        double error = normError(columns);
        Closeness.assertWithin(
            "rmsNorm " + out, expected, out.toArray(), i -> error * Math.abs(expected[i]));
      }
    }
  }

  /** Checks the sum first, then the norm against the stored sum. */
  @Test
  void addRmsNormAddsTheNormedBranchAndNormsTheSum() {
    for (int rows : ROWS) {
      for (int columns : Workbench.SIZES) {
        float[] branchRows = rows(rows, columns);
        float[] branchScale = bench.values(columns);
        float[] nextScale = bench.values(columns);
        float[] before = bench.values(rows * columns);
        Tensor out = bench.stale(1, columns);
        Tensor residual = bench.tensor(rows, columns, before);
        Tensor branch = bench.tensor(rows, columns, branchRows);
        Weight first = ops.scale(bench.scope, branchScale);
        Weight next = ops.scale(bench.scope, nextScale);
        ops.addRmsNorm(out, new NormPair<>(residual, branch, first, next), residual);
        float[] sum = before.clone();
        float[] ignored = new float[sum.length];
        AddRmsNormReference.apply(ignored, sum, branchRows, branchScale, nextScale);
        double error = normError(columns);
        double kept = bench.kept();
        Closeness.assertWithin(
            "residual " + residual,
            sum,
            residual.toArray(),
            i -> error * Math.abs(sum[i] - before[i]) + kept * Math.abs(sum[i]));
        float[] normed = new float[sum.length];
        RmsNormReference.apply(normed, residual.toArray(), nextScale);
        Closeness.assertWithin(
            "addRmsNorm " + out, normed, out.toArray(), i -> (error + kept) * Math.abs(normed[i]));
      }
    }
  }

  /**
   * The sum without the following norm is bit-identical to that with it, in the tensor of the
   * residual or in another.
   */
  @Test
  void addNormAddsTheNormedBranch() {
    for (int rows : ROWS) {
      for (int columns : Workbench.SIZES) {
        float[] branchRows = rows(rows, columns);
        float[] before = bench.values(rows * columns);
        Weight scale = ops.scale(bench.scope, bench.values(columns));
        Tensor alone = bench.tensor(rows, columns, before);
        Tensor normedToo = bench.tensor(rows, columns, before);
        Tensor residual = bench.tensor(rows, columns, before);
        Tensor apart = bench.stale(2, columns);
        Tensor normedApart = bench.stale(2, columns);
        Tensor branch = bench.tensor(rows, columns, branchRows);
        Tensor normed = bench.stale(1, columns);
        Tensor out = bench.stale(1, columns);
        ops.addNorm(alone, alone, branch, scale);
        ops.addNorm(apart, residual, branch, scale);
        ops.addRmsNorm(normed, new NormPair<>(normedToo, branch, scale, scale), normedToo);
        ops.addRmsNorm(out, new NormPair<>(normedApart, branch, scale, scale), residual);
        float[] sum = alone.toArray();
        Closeness.assertSame("addRmsNorm " + alone, sum, normedToo.toArray());
        Closeness.assertSame("addNorm apart " + alone, sum, apart.toArray());
        Closeness.assertSame("addRmsNorm apart " + alone, sum, normedApart.toArray());
        Closeness.assertSame("the norm of " + apart, normed.toArray(), out.toArray());
        Closeness.assertSame("the residual " + residual, before, residual.toArray());
      }
    }
  }

  @Test
  void scalesOfAnotherWidthAreRefused() {
    Tensor x = bench.tensor(1, 3, new float[3]);
    Tensor out = bench.stale(1, 3);
    Weight scale = ops.scale(bench.scope, new float[4]);
    assertThrows(IllegalArgumentException.class, () -> ops.rmsNorm(out, x, scale));
    NormPair<Weight> pair = new NormPair<>(x, x, scale, scale);
    assertThrows(IllegalArgumentException.class, () -> ops.addRmsNorm(out, pair, x));
    assertThrows(IllegalArgumentException.class, () -> ops.addNorm(x, x, x, scale));
  }

  @Test
  void branchesOfOtherRowsThanTheResidualAreRefused() {
    Tensor x = bench.tensor(3, 4, new float[12]);
    Tensor branch = bench.tensor(2, 4, new float[8]);
    Weight scale = ops.scale(bench.scope, new float[4]);
    assertThrows(IllegalArgumentException.class, () -> ops.addNorm(x, x, branch, scale));
  }

  /**
   * Angles equal those of the definition in float32. Cosine, sine and rotation have an error of up
   * to 4 roundings of the pair's magnitude.
   */
  @Test
  void ropeRotatesTheFrontHeadsToTheirPositions() {
    for (int headSize : new int[] {2, 6, 30, 32, 34, 64, 128}) {
      for (int heads : new int[] {1, 3}) {
        for (int rows : ROWS) {
          int columns = heads * headSize + 5;
          float[] x = bench.values(rows * columns);
          int[] positions = bench.random.ints(rows, 0, 400).toArray();
          RowLayout layout = Workbench.layout(0);
          for (int position : positions) {
            layout.addRow(position);
          }
          var shape = new RopeShape(columns, heads, headSize);
          float[] expected = x.clone();
          RopeReference.apply(expected, positions, Workbench.defined(shape));
          Tensor tensor = bench.tensor(rows, columns, x);
          ops.rope(tensor, layout, shape);
          double kept = bench.kept();
          double largest = Workbench.largest(x);
          Closeness.assertWithin(
              "rope of heads of %d %s".formatted(headSize, tensor),
              expected,
              tensor.toArray(),
              i -> {
                int position = positions[i / columns];
                boolean rotated = i % columns < heads * headSize && position > 0;
                double angles = 4 * Closeness.FLOAT_ROUNDING;
                return kept * Math.abs(expected[i]) + (rotated ? 2 * largest * angles : 0);
              });
        }
      }
    }
  }

  @Test
  void farPositionsAfterNearOnesAndOtherHeadSizesAreRotatedRight() {
    for (int headSize : new int[] {32, 64, 32}) {
      for (int position : new int[] {3, 255, 256, 4223, 1}) {
        float[] x = bench.values(headSize);
        float[] expected = x.clone();
        var shape = new RopeShape(headSize, 1, headSize);
        RopeReference.apply(expected, new int[] {position}, Workbench.defined(shape));
        RowLayout layout = Workbench.layout(0);
        layout.addRow(position);
        Tensor tensor = bench.tensor(1, headSize, x);
        ops.rope(tensor, layout, shape);
        double allowed = 4 * Closeness.FLOAT_ROUNDING * 2 * Workbench.largest(x);
        double kept = bench.kept();
        Closeness.assertWithin(
            "position " + position,
            expected,
            tensor.toArray(),
            i -> allowed + kept * Math.abs(expected[i]));
      }
    }
  }

  @Test
  void positionZeroRotatesNothingAndFewerPositionsThanRowsAreRefused() {
    float[] x = bench.values(2 * 8);
    Tensor tensor = bench.tensor(2, 8, x);
    RowLayout atZero = Workbench.layout(1, 1);
    ops.rope(tensor, atZero, new RopeShape(8, 2, 4));
    float[] found = tensor.toArray();
    Closeness.assertSame("at position 0", x, Arrays.copyOf(found, x.length));
    assertThrows(
        IllegalArgumentException.class,
        () -> ops.rope(tensor, Workbench.layout(1), new RopeShape(8, 2, 4)));
  }
}
