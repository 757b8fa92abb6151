package dev.phoenix.kernels.reference;

import static dev.phoenix.kernels.reference.FiniteDifferences.check;
import static dev.phoenix.kernels.reference.FiniteDifferences.dot;
import static dev.phoenix.kernels.reference.FiniteDifferences.normal;
import static dev.phoenix.kernels.reference.FiniteDifferences.widen;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.phoenix.kernels.reference.HistoryFeaturesReference.Features;
import dev.phoenix.kernels.reference.HistoryFeaturesReference.Tables;
import org.junit.jupiter.api.Test;

class TableGradientTest {
  private static final int ROWS = 4;
  private static final int COLUMNS = 3;
  private final float[] gradOut = normal("gradOut", ROWS * COLUMNS);

  @Test
  void matmul() {
    float[] x = normal("x", ROWS * 2);
    float[] w = normal("w", 2 * COLUMNS);
    var shape = new MatmulReference.Shape(ROWS, 2, COLUMNS);
    float[] gradX = new float[x.length];
    float[] gradW = new float[w.length];
    MatmulBackwardReference.left(gradX, gradOut, w, shape);
    MatmulBackwardReference.right(gradW, gradOut, x, shape);
    check("x", m -> dot(gradOut, product(m, widen(w), 2)), x, gradX);
    check("w", m -> dot(gradOut, product(widen(x), m, 2)), w, gradW);
  }

  @Test
  void actionHeads() {
    float[] hidden = normal("hidden", ROWS * 2);
    float[] scale = normal("scale", 2);
    float[] weights = normal("weights", 2 * COLUMNS);
    var actual =
        new ActionHeadsBackwardReference.Gradients(
            new float[hidden.length], new float[2], new float[weights.length]);
    ActionHeadsBackwardReference.apply(
        actual, gradOut, new ActionHeadsBackwardReference.Forward(hidden, scale, weights));
    check(
        "hidden",
        m -> dot(gradOut, head(m, widen(scale), widen(weights))),
        hidden,
        actual.hidden());
    check(
        "scale", m -> dot(gradOut, head(widen(hidden), m, widen(weights))), scale, actual.scale());
    check(
        "weights",
        m -> dot(gradOut, head(widen(hidden), widen(scale), m)),
        weights,
        actual.weights());
  }

  @Test
  void embeddingGatherSumsUsesAndLeavesReservedRowsOut() {
    float[] grad = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    var actual = EmbeddingGatherBackwardReference.apply(grad, new int[] {70, 0, 66, 70, 64}, 65, 2);
    assertArrayEquals(new int[] {66, 70}, actual.rows());
    assertArrayEquals(new float[] {5, 6, 8, 10}, actual.gradients());
  }

  @Test
  void placedRowsTakeTheirGradientsBack() {
    float[] actual = {10, 20, 30, 40};
    PlaceRowsBackwardReference.apply(actual, new float[] {1, 2, 3, 4, 5, 6}, new int[] {2, 0}, 2);
    assertArrayEquals(new float[] {15, 26, 31, 42}, actual);
  }

  @Test
  void addedRows() {
    float[] actual = new float[2 * COLUMNS];
    AddRowsBackwardReference.apply(actual, gradOut, new int[] {1, 0, 1, 1}, COLUMNS);
    for (int d = 0; d < COLUMNS; d++) {
      float others = (float) ((double) gradOut[d] + gradOut[6 + d] + gradOut[9 + d]);
      assertArrayEquals(
          new float[] {gradOut[3 + d], others}, new float[] {actual[d], actual[3 + d]});
    }
  }

  @Test
  void candidateFeatures() {
    var features = new CandidateFeaturesReference.Features(new int[] {1, 0, 1, 1}, new int[4]);
    var actual = new CandidateFeaturesReference.Tables(new float[2 * COLUMNS], new float[COLUMNS]);
    CandidateFeaturesBackwardReference.apply(actual, gradOut, features);
    check(
        "surfaces",
        m -> dot(gradOut, rows(m, features.surfaces())),
        normal("surfaces", 2 * COLUMNS),
        actual.surfaces());
    check(
        "ages",
        m -> dot(gradOut, rows(m, features.ages())),
        normal("ages", COLUMNS),
        actual.ages());
  }

  @Test
  void historyFeatures() {
    Features features =
        new Features(
            new float[] {1, 0, 0, 0, 0.5f, 1, 0, 1},
            new int[] {1, 0, 1, 1},
            new float[] {0.5f, 0, 1, 0.25f});
    Tables tables =
        new Tables(
            normal("actions", 2 * COLUMNS),
            normal("surfaces", 2 * COLUMNS),
            normal("dwellIn", 2),
            normal("dwellOut", 2 * COLUMNS));
    Tables actual =
        new Tables(
            new float[2 * COLUMNS], new float[2 * COLUMNS], new float[2], new float[2 * COLUMNS]);
    HistoryFeaturesBackwardReference.apply(actual, gradOut, features, tables);
    float[] signs = {1, -1, 0, 0, 0, 1, -1, 1};
    check(
        "actions",
        m -> dot(gradOut, product(widen(signs), m, 2)),
        tables.actions(),
        actual.actions());
    check(
        "surfaces",
        m -> dot(gradOut, rows(m, features.surfaces())),
        tables.surfaces(),
        actual.surfaces());
    check(
        "dwellIn",
        m -> dot(gradOut, dwell(features, m, widen(tables.dwellOut()))),
        tables.dwellIn(),
        actual.dwellIn());
    check(
        "dwellOut",
        m -> dot(gradOut, dwell(features, widen(tables.dwellIn()), m)),
        tables.dwellOut(),
        actual.dwellOut());
  }

  private static double[] product(double[] x, double[] w, int in) {
    int out = w.length / in;
    double[] result = new double[x.length / in * out];
    for (int i = 0; i < result.length; i++) {
      for (int j = 0; j < in; j++) {
        result[i] += x[i / out * in + j] * w[j * out + i % out];
      }
    }
    return result;
  }

  private static double[] head(double[] hidden, double[] scale, double[] weights) {
    return product(NormGradientTest.rms(hidden, scale), weights, 2);
  }

  private static double[] rows(double[] table, int[] rows) {
    double[] out = new double[rows.length * COLUMNS];
    for (int i = 0; i < out.length; i++) {
      out[i] = table[rows[i / COLUMNS] * COLUMNS + i % COLUMNS];
    }
    return out;
  }

  private static double[] dwell(Features features, double[] in, double[] out) {
    double[] hidden = new double[ROWS * in.length];
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] = ActivationReference.gelu(features.dwell()[i / in.length] * in[i % in.length]);
    }
    return product(hidden, out, in.length);
  }
}
