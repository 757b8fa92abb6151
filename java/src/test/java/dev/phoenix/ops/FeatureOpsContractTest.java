package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.kernels.reference.ActivationReference;
import dev.phoenix.kernels.reference.CandidateFeaturesReference;
import dev.phoenix.kernels.reference.HistoryFeaturesReference;
import dev.phoenix.kernels.reference.MatmulReference;
import dev.phoenix.kernels.reference.RmsNormReference;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Closeness;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The two ends of the graph, float32 in every precision: embedding rows by number, the features of
 * tokens, the heads.
 */
@ParameterizedClass
@EnumSource(Backend.class)
class FeatureOpsContractTest {
  private static final int[] ROWS = {0, 1, 8, 33};
  private static final int SURFACES = 5;

  private final Workbench bench;
  private final Ops ops;

  FeatureOpsContractTest(Backend backend) {
    bench = new Workbench(backend, "features");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) bench.random.nextGaussian();
    }
    return values;
  }

  /** 3 rows of zeros, 4 rows, none, 6 rows. */
  private static HostRows table(float[] first, float[] last, int columns) {
    return HostRows.of(
        3,
        columns,
        List.of(
            MemorySegment.ofArray(first),
            MemorySegment.ofArray(new float[0]),
            MemorySegment.ofArray(last)));
  }

  @Test
  void gatherPutsTheNumberedRowsSideBySide() {
    for (int columns : Workbench.SIZES) {
      float[] first = floats(4 * columns);
      float[] last = floats(6 * columns);
      HostRows source = table(first, last, columns);
      float[] all = new float[13 * columns];
      System.arraycopy(first, 0, all, 3 * columns, first.length);
      System.arraycopy(last, 0, all, 7 * columns, last.length);
      RowTable table = ops.rowTable(bench.scope, source);
      assertEquals(13, table.rows());
      assertEquals(columns, table.columns());
      for (int rows : ROWS) {
        for (int parts : new int[] {1, 3}) {
          Tensor out = bench.stale(rows, parts * columns);
          ops.gather(out, table, (row, part) -> (5L * row + 2L * part) % 13);
          float[] expected = new float[rows * parts * columns];
          for (int i = 0; i < rows * parts; i++) {
            int number = (5 * (i / parts) + 2 * (i % parts)) % 13;
            System.arraycopy(all, number * columns, expected, i * columns, columns);
          }
          Closeness.assertSame("gather " + out, expected, out.toArray());
        }
      }
    }
  }

  @Test
  void rowsThatTheTableDoesNotHaveAreRefused() {
    RowTable table = ops.rowTable(bench.scope, table(floats(8), floats(12), 2));
    Tensor out = bench.stale(2, 4);
    assertThrows(IndexOutOfBoundsException.class, () -> ops.gather(out, table, (row, part) -> 13));
    assertThrows(IndexOutOfBoundsException.class, () -> ops.gather(out, table, (row, part) -> -1));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> ops.gather(out, table, (row, part) -> (1L << 32) + 5));
    Tensor odd = bench.stale(2, 3);
    assertThrows(IllegalArgumentException.class, () -> ops.gather(odd, table, (row, part) -> 0));
    assertThrows(IllegalArgumentException.class, () -> table(floats(7), floats(12), 2));
  }

  /** Sums of up to 19 + 64 + 2 terms, and of their sizes for the bound. */
  @Test
  void historyTokensGetTheirFeatures() {
    int actions = 19;
    for (int columns : new int[] {1, 16, 33}) {
      for (int rows : ROWS) {
        for (int hidden : new int[] {0, 7, 64}) {
          float[] acted = new float[rows * actions];
          for (int row = 1; row < rows; row++) { // the first row has no action
            acted[row * actions + bench.random.nextInt(actions)] = 1;
            acted[row * actions + bench.random.nextInt(actions)] = 1;
          }
          int[] surfaces = bench.random.ints(rows, 0, SURFACES).toArray();
          float[] dwell = new float[rows];
          for (int row = 0; row < rows; row++) {
            dwell[row] = bench.random.nextFloat();
          }
          compareHistory(
              new HistoryFeaturesReference.Features(acted, surfaces, dwell),
              new HistoryFeaturesReference.Tables(
                  floats(actions * columns),
                  floats(SURFACES * columns),
                  floats(hidden),
                  floats(hidden * columns)),
              columns);
        }
      }
    }
  }

  private void compareHistory(
      HistoryFeaturesReference.Features features,
      HistoryFeaturesReference.Tables tables,
      int columns) {
    int rows = features.surfaces().length;
    int hidden = tables.dwellIn().length;
    int actions = tables.actions().length / columns;
    float[] expected = floats(rows * columns);
    Tensor tokens = bench.tensor(rows, columns, expected);
    HistoryFeaturesReference.apply(expected, features, tables);
    HistoryFeatureTables.Dwell dwell =
        hidden == 0
            ? null
            : new HistoryFeatureTables.Dwell(
                ops.floatMatrix(bench.scope, new Shape(1, hidden), tables.dwellIn()),
                ops.floatMatrix(bench.scope, new Shape(hidden, columns), tables.dwellOut()));
    RowSource seconds = (row, to, at) -> to[at] = features.dwell()[row];
    ops.addHistoryFeatures(
        tokens,
        new HistoryFeatureTables(
            ops.floatMatrix(bench.scope, new Shape(actions, columns), tables.actions()), dwell),
        new HistoryFeatureRows(
            (row, to, at) -> System.arraycopy(features.actions(), row * actions, to, at, actions),
            new IndexedRows(
                bench.tensor(SURFACES, columns, tables.surfaces()),
                Arrays.copyOf(features.surfaces(), rows + 2)),
            hidden == 0 ? null : seconds));
    // Terms of size 4, and gelu's own error on those of the dwell time.
    double sizes = 4 * (actions + hidden + 2);
    double allowed = (actions + hidden + 70) * Closeness.FLOAT_ROUNDING * sizes;
    Closeness.assertWithin(hidden + " hidden, " + tokens, expected, tokens.toArray(), i -> allowed);
  }

  @Test
  void aBatchWithoutDwellTimesNeedsNone() {
    int columns = 17;
    float[] actions = floats(2 * columns);
    float[] surfaces = floats(columns);
    HistoryFeatureTables tables =
        new HistoryFeatureTables(
            ops.floatMatrix(bench.scope, new Shape(2, columns), actions),
            new HistoryFeatureTables.Dwell(
                ops.floatMatrix(bench.scope, new Shape(1, 3), floats(3)),
                ops.floatMatrix(bench.scope, new Shape(3, columns), floats(3 * columns))));
    Tensor table = bench.tensor(1, columns, surfaces);
    float[][] found = new float[2][];
    for (int i = 0; i < 2; i++) {
      Tensor tokens = bench.tensor(3, columns, new float[3 * columns]);
      RowSource none = (row, to, at) -> to[at] = 0;
      ops.addHistoryFeatures(
          tokens,
          tables,
          new HistoryFeatureRows(
              (row, to, at) -> to[at] = to[at + 1] = row,
              new IndexedRows(table, new int[3]),
              i == 0 ? null : none));
      found[i] = tokens.toArray();
    }
    Closeness.assertSame("zero dwell times", found[0], found[1]);
    Closeness.assertSame(
        "neither action nor dwell time", surfaces, Arrays.copyOf(found[0], columns));
  }

  @Test
  void candidateTokensGetTheirFeatures() {
    for (int columns : Workbench.SIZES) {
      for (int rows : ROWS) {
        float[] surfaces = floats(SURFACES * columns);
        float[] ages = floats(7 * columns);
        int[] surface = bench.random.ints(rows, 0, SURFACES).toArray();
        int[] age = bench.random.ints(rows, 0, 7).toArray();
        float[] expected = floats(rows * columns);
        Tensor tokens = bench.tensor(rows, columns, expected);
        CandidateFeaturesReference.apply(
            expected,
            new CandidateFeaturesReference.Features(surface, age),
            new CandidateFeaturesReference.Tables(surfaces, ages));
        ops.addCandidateFeatures(
            tokens,
            new IndexedRows(bench.tensor(SURFACES, columns, surfaces), surface),
            new IndexedRows(bench.tensor(7, columns, ages), Arrays.copyOf(age, rows + 1)));
        double allowed = 3 * 16 * Closeness.FLOAT_ROUNDING;
        Closeness.assertWithin("tokens " + tokens, expected, tokens.toArray(), i -> allowed);
      }
    }
  }

  @Test
  void indicesOutsideTheSmallTablesAreRefused() {
    Tensor tokens = bench.tensor(2, 3, new float[6]);
    Tensor table = bench.tensor(4, 3, new float[12]);
    IndexedRows inside = new IndexedRows(table, new int[2]);
    for (int[] rows : new int[][] {{0, 4}, {-1, 0}, {0}}) {
      IndexedRows outside = new IndexedRows(table, rows);
      assertThrows(
          IllegalArgumentException.class, () -> ops.addCandidateFeatures(tokens, inside, outside));
      assertThrows(
          IllegalArgumentException.class, () -> ops.addCandidateFeatures(tokens, outside, inside));
    }
  }

  /** A logit is off by the roundings of its sum, a probability by a quarter of that and its own. */
  @Test
  void theHeadsNormMultiplyAndSquash() {
    for (int rows : ROWS) {
      for (int columns : new int[] {1, 17, 64}) {
        for (int actions : new int[] {1, 27, 33}) {
          float[] hidden = floats(rows * columns);
          float[] scale = floats(columns);
          float[] head = floats(columns * actions);
          float[] normed = new float[hidden.length];
          RmsNormReference.apply(normed, hidden, scale);
          var shape = new MatmulReference.Shape(rows, columns, actions);
          float[] logits = new float[rows * actions];
          float[] sizes = new float[logits.length];
          MatmulReference.apply(logits, normed, head, shape);
          MatmulReference.apply(sizes, Workbench.absolute(normed), Workbench.absolute(head), shape);
          float[] expected = new float[logits.length];
          ActivationReference.sigmoid(expected, logits);
          Tensor probabilities = bench.stale(1, actions);
          Tensor scores = bench.stale(2, actions);
          ops.actionHeads(
              probabilities,
              scores,
              bench.tensor(rows, columns, hidden),
              ops.scale(bench.scope, scale),
              ops.floatMatrix(bench.scope, new Shape(columns, actions), head));
          double roundings = 2 * columns + 12;
          Closeness.assertWithin(
              "logits " + scores,
              logits,
              scores.toArray(),
              i -> roundings * Closeness.FLOAT_ROUNDING * sizes[i]);
          Closeness.assertWithin(
              "probabilities " + probabilities,
              expected,
              probabilities.toArray(),
              i -> Closeness.FLOAT_ROUNDING * (roundings * sizes[i] / 4 + 20));
        }
      }
    }
  }

  @Test
  void aRowIsScoredAlikeAloneAndAmongOthers() {
    float[] hidden = floats(9 * 33);
    Weight scale = ops.scale(bench.scope, floats(33));
    Weight head = ops.floatMatrix(bench.scope, new Shape(33, 27), floats(33 * 27));
    float[] together = scores(hidden, scale, head);
    for (int row = 0; row < 9; row++) {
      float[] alone = scores(Arrays.copyOfRange(hidden, row * 33, (row + 1) * 33), scale, head);
      Closeness.assertSame(
          "row " + row, Arrays.copyOfRange(together, row * 27, (row + 1) * 27), alone);
    }
  }

  private float[] scores(float[] hidden, Weight scale, Weight head) {
    Tensor logits = bench.stale(1, 27);
    ops.actionHeads(
        bench.stale(1, 27), logits, bench.tensor(hidden.length / 33, 33, hidden), scale, head);
    return logits.toArray();
  }

  @Test
  void headsThatDoNotFitAreRefused() {
    Tensor hidden = bench.tensor(1, 3, new float[3]);
    Tensor out = bench.stale(1, 4);
    Weight scale = ops.scale(bench.scope, new float[3]);
    Weight head = ops.floatMatrix(bench.scope, new Shape(3, 5), new float[15]);
    assertThrows(
        IllegalArgumentException.class, () -> ops.actionHeads(out, out, hidden, scale, head));
    Weight wide = ops.scale(bench.scope, new float[4]);
    Weight fitting = ops.floatMatrix(bench.scope, new Shape(3, 4), new float[12]);
    assertThrows(
        IllegalArgumentException.class, () -> ops.actionHeads(out, out, hidden, wide, fitting));
  }
}
