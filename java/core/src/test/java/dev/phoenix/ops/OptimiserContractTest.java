package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.kernels.reference.AdamWReference;
import dev.phoenix.kernels.reference.EmbeddingGatherBackwardReference;
import dev.phoenix.kernels.reference.GradientNormReference;
import dev.phoenix.kernels.reference.RowwiseAdagradReference;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the optimisers, the gradients of embedding rows, and dropout. */
@ParameterizedClass
@EnumSource(GradientBackend.class)
class OptimiserContractTest {
  /** A few roundings of float32. */
  private static final double BOUND = 2e-5;

  private final GradientWorkbench bench;
  private final GradientOps ops;

  OptimiserContractTest(GradientBackend backend) {
    bench = new GradientWorkbench(backend, "optimisers");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  @Test
  void embeddingRowsSumTheGradientsOfTheirUsesAndMoveByThem() {
    int columns = 48;
    int tableRows = 90;
    TrainableTable table = ops.trainableTable(bench.scope, new Shape(tableRows, columns));
    float[] values = bench.values(tableRows * columns);
    table.setRows(0, tableRows, values);
    RowGradients gradients = ops.rowGradients(bench.scope, table);
    float[] accumulators = new float[tableRows];
    for (int round = 0; round < 3; round++) {
      int[] used = bench.indices(2 * 40, tableRows);
      float[] dOut = bench.values(used.length * columns);
      gradients.clear();
      ops.gatherGradient(gradients, bench.tensor(40, 2 * columns, dOut), used);
      EmbeddingGatherBackwardReference.RowGradients expected =
          EmbeddingGatherBackwardReference.apply(dOut, used, 65, columns);
      assertEquals(expected.rows().length, gradients.count());
      double squares = 0;
      for (float g : expected.gradients()) {
        squares += (double) g * g;
      }
      assertEquals(squares, ops.squaredNorm(gradients), squares * BOUND);
      ops.rowwiseAdagrad(table, gradients, new AdagradStep(0.1, 1e-10, 1));
      RowwiseAdagradReference.apply(
          values, accumulators, expected, new RowwiseAdagradReference.Settings(0.1, 1e-10));
      float[] found = new float[values.length];
      table.copyRows(0, tableRows, found);
      GradientWorkbench.assertClose("rows", values, found, BOUND);
      Tensor gathered = bench.stale(40, 2 * columns);
      ops.gather(gathered, table, used);
      float[] first = Arrays.copyOfRange(found, used[0] * columns, (used[0] + 1) * columns);
      GradientWorkbench.assertClose(
          "gathered", first, Arrays.copyOf(gathered.toArray(), columns), 0);
    }
  }

  @Test
  void adamWMovesAsDefined() {
    float[] w = bench.values(19 * 33);
    Trainable matrix = bench.matrix(19, 33, w);
    var moments = new AdamWReference.Moments(new float[w.length], new float[w.length]);
    for (int step = 1; step <= 5; step++) {
      float[] g = bench.values(w.length);
      matrix.gradient().set(g);
      ops.adamW(List.of(matrix), new AdamStep(0.01, 0.9, 0.999, 1e-8, 0.1, 1, step));
      AdamWReference.apply(
          w, moments, g, new AdamWReference.Settings(0.01, 0.9, 0.999, 1e-8, 0.1), step);
      GradientWorkbench.assertClose("parameters", w, matrix.value().toArray(), BOUND);
    }
    ops.clearGradients(List.of(matrix));
    assertEquals(0, ops.squaredNorm(List.of(matrix)));
  }

  /** A whole step applies both optimisers with clipped gradients, or changes nothing. */
  @Test
  void aStepClipsMovesAndLeavesOutWhatIsNotFinite() {
    Stepped expected =
        new Stepped(
            bench.values(19 * 33), bench.values(TABLE_ROWS * COLUMNS), new float[TABLE_ROWS]);
    Trainable matrix = bench.matrix(19, 33, expected.matrix());
    TrainableTable table = ops.trainableTable(bench.scope, new Shape(TABLE_ROWS, COLUMNS));
    table.setRows(0, TABLE_ROWS, expected.rows());
    TrainedParts parts =
        new TrainedParts(List.of(matrix), table, ops.rowGradients(bench.scope, table));
    for (Badness badness : Badness.values()) {
      float[] g = bench.values(19 * 33);
      float[] dOut = bench.values(40 * COLUMNS);
      int[] used = bench.indices(40, TABLE_ROWS);
      used[0] = TABLE_ROWS - 1;
      badness.spoil(g, dOut);
      matrix.gradient().set(g);
      parts.rows().clear();
      ops.gatherGradient(parts.rows(), bench.tensor(40, COLUMNS, dOut), used);
      StepOutcome outcome = ops.step(parts, loss(badness), STEP);
      assertEquals(badness == Badness.NONE, outcome.finite(), badness.toString());
      if (badness == Badness.NONE) {
        double norm =
            expected.move(g, EmbeddingGatherBackwardReference.apply(dOut, used, 65, COLUMNS));
        assertEquals(norm, outcome.gradientNorm(), norm * BOUND);
        assertEquals(Math.log(2), outcome.loss(), 1e-6);
      }
      GradientWorkbench.assertClose(
          "parameters", expected.matrix(), matrix.value().toArray(), BOUND);
      float[] found = new float[TABLE_ROWS * COLUMNS];
      table.copyRows(0, TABLE_ROWS, found);
      GradientWorkbench.assertClose("rows", expected.rows(), found, BOUND);
    }
  }

  private static final int TABLE_ROWS = 90;
  private static final int COLUMNS = 48;

  /** The first step that is applied, after the skipped ones. */
  private static final OptimizerStep STEP =
      new OptimizerStep(
          new AdamStep(0.01, 0.9, 0.999, 1e-8, 0.1, 1, 1), new AdagradStep(0.1, 1e-10, 1), 3);

  private LossSum loss(Badness badness) {
    LossSum sum = ops.lossSum(bench.scope);
    Trainable temperature = bench.scale(new float[] {0});
    ops.sampledSoftmax(bench.tensor(1, 2, badness.dots()), TWO_COLUMNS, 0, temperature, sum);
    return sum;
  }

  /** Parameters, rows and accumulators, computed by the reference definitions. */
  private record Stepped(float[] matrix, float[] rows, float[] accumulators) {
    /** Applies {@link #STEP} and returns the norm of all gradients before clipping. */
    double move(float[] g, EmbeddingGatherBackwardReference.RowGradients used) {
      double norm = GradientNormReference.apply(List.of(g, used.gradients()));
      scale(g, STEP.clipNorm() / norm);
      scale(used.gradients(), STEP.clipNorm() / norm);
      AdamWReference.apply(
          matrix,
          new AdamWReference.Moments(new float[g.length], new float[g.length]),
          g,
          new AdamWReference.Settings(0.01, 0.9, 0.999, 1e-8, 0.1),
          1);
      RowwiseAdagradReference.apply(
          rows, accumulators, used, new RowwiseAdagradReference.Settings(0.1, 1e-10));
      return norm;
    }
  }

  private static void scale(float[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * factor);
    }
  }

  /** One query with two columns, the first of them its positive. */
  private static final SoftmaxQueries TWO_COLUMNS =
      new SoftmaxQueries(
          new float[2],
          new int[] {0, 1},
          new int[] {0},
          new float[] {Float.NEGATIVE_INFINITY},
          new int[] {0, 1},
          new int[] {0},
          new float[] {0},
          new float[] {1});

  /** The non-finite part of a step. */
  private enum Badness {
    DENSE,
    ROWS,
    LOSS,
    NONE;

    void spoil(float[] dense, float[] rows) {
      if (this == DENSE) {
        dense[5] = Float.NaN;
      } else if (this == ROWS) {
        rows[3] = Float.POSITIVE_INFINITY;
      }
    }

    float[] dots() {
      return this == LOSS ? new float[] {Float.NaN, 1} : new float[] {1, 1};
    }
  }

  @Test
  void dropoutDropsItsShareAndTheSameAgain() {
    float[] ones = new float[1000 * 33];
    Arrays.fill(ones, 1);
    Tensor x = bench.tensor(1000, 33, ones);
    Tensor again = bench.tensor(1000, 33, ones);
    ops.dropout(x, new Dropout(7, 0.3, 0));
    ops.dropout(again, new Dropout(7, 0.3, 0));
    GradientWorkbench.assertClose("again", x.toArray(), again.toArray(), 0);
    int dropped = 0;
    for (float value : x.toArray()) {
      dropped += value == 0 ? 1 : 0;
      assertEquals(value == 0 ? 0 : 1 / 0.7, value, 1e-6);
    }
    // Five standard deviations of a binomial distribution.
    assertEquals(0.3, dropped / 33000.0, 5 * Math.sqrt(0.3 * 0.7 / 33000));
  }
}
