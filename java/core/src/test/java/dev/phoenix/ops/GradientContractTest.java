package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.kernels.reference.ActivationBackwardReference;
import dev.phoenix.kernels.reference.AddRmsNormBackwardReference;
import dev.phoenix.kernels.reference.GegluBackwardReference;
import dev.phoenix.kernels.reference.L2NormalizeBackwardReference;
import dev.phoenix.kernels.reference.MatmulBackwardReference;
import dev.phoenix.kernels.reference.MatmulReference;
import dev.phoenix.kernels.reference.MeanPoolBackwardReference;
import dev.phoenix.kernels.reference.RopeBackwardReference;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the backward pass of products, rows, elements, norms and pooling. */
@ParameterizedClass
@EnumSource(GradientBackend.class)
class GradientContractTest {
  private static final int[] ROWS = {1, 7, 8, 33, 200};
  private static final int[] SIZES = {1, 15, 16, 19, 33, 64};

  /** Sums of up to 200 products in float32: their roundings, and those of the functions. */
  private static final double BOUND = 2e-5;

  private final GradientWorkbench bench;
  private final GradientOps ops;
  private final double gateBound;

  GradientContractTest(GradientBackend backend) {
    gateBound = backend.bound(BOUND, 0x1p-8);
    bench = new GradientWorkbench(backend, "gradients");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  @Test
  void productsHandTheirGradientToBothOperands() {
    for (int rows : ROWS) {
      for (int in : SIZES) {
        for (int out : SIZES) {
          float[] x = bench.values(rows * in);
          float[] w = bench.values(in * out);
          float[] dy = bench.values(rows * out);
          MatmulReference.Shape shape = new MatmulReference.Shape(rows, in, out);
          float[] dx = new float[x.length];
          MatmulBackwardReference.left(dx, dy, w, shape);
          Trainable matrix = bench.matrix(in, out, w);
          Tensor found = bench.stale(1, in);
          ops.matmulInputGradient(found, bench.tensor(rows, out, dy), matrix);
          // Sums of n products of about 1 are of the size sqrt(n), but may cancel to much less.
          GradientWorkbench.assertClose("dX " + found, dx, found.toArray(), BOUND, Math.sqrt(out));
          // Gradients of parameters accumulate.
          float[] dw = bench.values(w.length);
          matrix.gradient().set(dw);
          MatmulBackwardReference.right(dw, dy, x, shape);
          ops.matmulWeightGradient(matrix, bench.tensor(rows, in, x), bench.tensor(rows, out, dy));
          GradientWorkbench.assertClose(
              "dW " + shape, dw, matrix.gradient().toArray(), BOUND, Math.sqrt(rows));
        }
      }
    }
  }

  @Test
  void rowsOfTablesSumTheGradientsOfTheirUses() {
    for (int rows : ROWS) {
      float[] dOut = bench.values(rows * 33);
      int[] indices = bench.indices(rows, 5);
      float[] expected = bench.values(5 * 33);
      Tensor table = bench.tensor(5, 33, expected);
      for (int r = 0; r < rows; r++) {
        for (int d = 0; d < 33; d++) {
          expected[indices[r] * 33 + d] += dOut[r * 33 + d];
        }
      }
      Tensor gradient = bench.tensor(rows, 33, dOut);
      ops.addRowsGradient(table, gradient, indices);
      GradientWorkbench.assertClose("dTable", expected, table.toArray(), BOUND);
      Tensor taken = bench.stale(3, 33);
      int[] wanted = {rows - 1, 0, rows / 2};
      ops.takeRows(taken, gradient, wanted);
      for (int i = 0; i < wanted.length; i++) {
        float[] row = Arrays.copyOfRange(dOut, wanted[i] * 33, (wanted[i] + 1) * 33);
        GradientWorkbench.assertClose(
            "taken", row, Arrays.copyOfRange(taken.toArray(), i * 33, (i + 1) * 33), 0);
      }
    }
  }

  @Test
  void elementsAndGates() {
    for (int rows : ROWS) {
      for (int f : SIZES) {
        float[] x = bench.exact(rows * f);
        float[] up = bench.exact(rows * f);
        float[] dy = bench.values(rows * f);
        float[] expected = new float[x.length];
        Tensor dx = bench.stale(1, f);
        ActivationBackwardReference.gelu(expected, dy, x);
        ops.geluGradient(dx, bench.tensor(rows, f, dy), bench.tensor(rows, f, x));
        // The derivative may be close to zero, but its error is that of terms of about 1.
        GradientWorkbench.assertClose("gelu", expected, dx.toArray(), BOUND, 1);
        Arrays.fill(expected, 0);
        ActivationBackwardReference.silu(expected, dy, x);
        ops.siluGradient(dx, bench.tensor(rows, f, dy), bench.tensor(rows, f, x));
        GradientWorkbench.assertClose("silu", expected, dx.toArray(), BOUND, 1);
        float[] dUp = new float[x.length];
        Arrays.fill(expected, 0);
        GegluBackwardReference.apply(
            new GegluBackwardReference.Gradients(expected, dUp), dy, x, up);
        Tensor dGateUp = bench.stale(1, 2 * f);
        ops.gegluGradient(
            dGateUp, bench.tensor(rows, f, dy), bench.tensor(rows, 2 * f, beside(x, up, f)));
        GradientWorkbench.assertClose(
            "geglu", beside(expected, dUp, f), dGateUp.toArray(), gateBound, 1);
      }
    }
  }

  private static float[] beside(float[] left, float[] right, int columns) {
    float[] both = new float[2 * left.length];
    for (int row = 0; row < left.length / columns; row++) {
      System.arraycopy(left, row * columns, both, 2 * row * columns, columns);
      System.arraycopy(right, row * columns, both, (2 * row + 1) * columns, columns);
    }
    return both;
  }

  @Test
  void normsHandTheirGradientToRowsAndScales() {
    for (int rows : ROWS) {
      for (int columns : SIZES) {
        float[] residual = bench.values(rows * columns);
        float[] branch = bench.values(rows * columns);
        float[] dOut = bench.values(rows * columns);
        float[] dSum = bench.values(rows * columns);
        float[] branchScale = bench.values(columns);
        float[] nextScale = bench.values(columns);
        NormPair<Trainable> pair =
            new NormPair<>(
                bench.stale(1, columns),
                bench.tensor(rows, columns, branch),
                bench.scale(branchScale),
                bench.scale(nextScale));
        Tensor out = bench.stale(1, columns);
        ops.addRmsNorm(out, pair, bench.tensor(rows, columns, residual));
        Tensor foundSum = bench.tensor(rows, columns, dSum);
        Tensor foundBranch = bench.stale(1, columns);
        ops.addRmsNormGradient(foundSum, foundBranch, bench.tensor(rows, columns, dOut), pair);
        var expected =
            new AddRmsNormBackwardReference.Gradients(
                dSum, new float[branch.length], new float[columns], new float[columns]);
        AddRmsNormBackwardReference.apply(
            expected,
            dOut,
            new AddRmsNormBackwardReference.Forward(
                pair.sum().toArray(), branch, branchScale, nextScale));
        // With one column the terms cancel, and the terms of a scale may cancel too.
        GradientWorkbench.assertClose("dSum", dSum, foundSum.toArray(), BOUND, 10);
        GradientWorkbench.assertClose(
            "dBranch", expected.branch(), foundBranch.toArray(), BOUND, 10);
        GradientWorkbench.assertClose(
            "dBranchScale",
            expected.branchScale(),
            pair.branchScale().gradient().toArray(),
            BOUND,
            1);
        GradientWorkbench.assertClose(
            "dNextScale", expected.nextScale(), pair.nextScale().gradient().toArray(), BOUND, 1);
      }
    }
  }

  @Test
  void rotationsAreRotatedBack() {
    int[] positions = {0, 1, 5, 300};
    RowLayout rows = new RowLayout();
    rows.beginRequest();
    for (int position : positions) {
      rows.addRow(position);
    }
    for (int headSize : new int[] {2, 16, 24, 64}) {
      RopeShape shape = new RopeShape(4 * headSize, 3, headSize);
      float[] gradient = bench.values(4 * 4 * headSize);
      Tensor found = bench.tensor(4, 4 * headSize, gradient);
      ops.ropeGradient(found, rows, shape);
      RopeBackwardReference.apply(gradient, positions, Workbench.defined(shape));
      GradientWorkbench.assertClose("rope", gradient, found.toArray(), BOUND);
    }
  }

  @Test
  void meansOfPrefixesAreTheMeansOfWhatTheyHold() {
    int columns = 33;
    int[] lengths = {5, 0, 40, 1};
    int[][] wanted = {{0, 2, 5}, {0}, {7, 7, 40}, {1}};
    RowLayout rows = Workbench.layout(lengths);
    Prefixes prefixes = new Prefixes();
    float[] x = bench.values(46 * columns);
    float[] dx = new float[x.length];
    float[] dOut = bench.values(8 * columns);
    float[] means = new float[dOut.length];
    int prefix = 0;
    for (int segment = 0; segment < lengths.length; segment++) {
      prefixes.beginSegment();
      for (int length : wanted[segment]) {
        prefixes.add(length);
        int begin = rows.begin(segment);
        float[] mean = new float[columns];
        for (int i = 0; i < length * columns; i++) {
          mean[i % columns] += x[begin * columns + i] / length;
        }
        System.arraycopy(mean, 0, means, prefix * columns, columns);
        float[] part = new float[length * columns];
        MeanPoolBackwardReference.apply(
            part,
            Arrays.copyOfRange(dOut, prefix * columns, (prefix + 1) * columns),
            new int[] {0, length},
            columns);
        for (int i = 0; i < part.length; i++) {
          dx[begin * columns + i] += part[i];
        }
        prefix++;
      }
    }
    Tensor out = bench.stale(1, columns);
    ops.prefixMeans(out, bench.tensor(46, columns, x), rows, prefixes);
    GradientWorkbench.assertClose("means", means, out.toArray(), BOUND);
    Tensor found = bench.stale(1, columns);
    ops.prefixMeansGradient(found, bench.tensor(8, columns, dOut), rows, prefixes);
    GradientWorkbench.assertClose("dX", dx, found.toArray(), BOUND);
  }

  @Test
  void unitLengths() {
    for (int columns : SIZES) {
      float[] x = bench.values(9 * columns);
      Arrays.fill(x, 0, columns, 0f);
      float[] dy = bench.values(9 * columns);
      Tensor unit = bench.stale(1, columns);
      Tensor lengths = bench.stale(1, 1);
      ops.l2Normalize(unit, lengths, bench.tensor(9, columns, x));
      Tensor found = bench.stale(1, columns);
      ops.l2NormalizeGradient(found, bench.tensor(9, columns, dy), unit, lengths);
      float[] expected = new float[x.length];
      L2NormalizeBackwardReference.apply(expected, dy, x, columns);
      // Compared row by row, because the gradient of the zero row is a million times larger.
      for (int row = 0; row < 9; row++) {
        int at = row * columns;
        GradientWorkbench.assertClose(
            "row " + row,
            Arrays.copyOfRange(expected, at, at + columns),
            Arrays.copyOfRange(found.toArray(), at, at + columns),
            1e-4);
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Trainable matrix = bench.matrix(3, 4, new float[12]);
    Tensor x = bench.tensor(2, 3, new float[6]);
    Tensor dy = bench.tensor(1, 4, new float[4]);
    assertThrows(IllegalArgumentException.class, () -> ops.matmulWeightGradient(matrix, x, dy));
    assertThrows(IllegalArgumentException.class, () -> ops.addRowsGradient(x, x, new int[] {0, 2}));
    assertThrows(IllegalArgumentException.class, () -> ops.takeRows(x, x, new int[] {0}));
  }
}
