package dev.phoenix.ops;

import dev.phoenix.kernels.reference.HistoryFeaturesReference;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Closeness;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the features of history tokens, float32 at every precision. */
@ParameterizedClass
@EnumSource(Backend.class)
class HistoryFeaturesContractTest {
  private static final int[] ROWS = {0, 1, 8, 33};
  private static final int SURFACES = 5;

  private final Workbench bench;
  private final Ops ops;

  HistoryFeaturesContractTest(Backend backend) {
    bench = new Workbench(backend, "history features");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
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
                  bench.normal(actions * columns),
                  bench.normal(SURFACES * columns),
                  bench.normal(hidden),
                  bench.normal(hidden * columns)),
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
    float[] expected = bench.normal(rows * columns);
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
    // Terms of size 4, plus the error of gelu in the dwell terms.
    double sizes = 4 * (actions + hidden + 2);
    double allowed = (actions + hidden + 70) * Closeness.FLOAT_ROUNDING * sizes;
    Closeness.assertWithin(hidden + " hidden, " + tokens, expected, tokens.toArray(), i -> allowed);
  }

  @Test
  void aBatchWithoutDwellTimesNeedsNone() {
    int columns = 17;
    float[] actions = bench.normal(2 * columns);
    float[] surfaces = bench.normal(columns);
    HistoryFeatureTables tables =
        new HistoryFeatureTables(
            ops.floatMatrix(bench.scope, new Shape(2, columns), actions),
            new HistoryFeatureTables.Dwell(
                ops.floatMatrix(bench.scope, new Shape(1, 3), bench.normal(3)),
                ops.floatMatrix(bench.scope, new Shape(3, columns), bench.normal(3 * columns))));
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
}
