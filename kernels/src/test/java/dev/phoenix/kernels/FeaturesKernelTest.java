package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.CandidateFeaturesKernel.Feature;
import dev.phoenix.kernels.reference.CandidateFeaturesReference;
import dev.phoenix.kernels.reference.HistoryFeaturesReference;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** history_features and candidate_features. */
class FeaturesKernelTest {
  private static final int SURFACES = 16;
  private static final int AGES = 82;

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void addsWhatAHistoryTokenHas(String device) {
    Numbers numbers = Numbers.of("history_features");
    try (Workbench bench = Workbench.on(device)) {
      for (int actions : new int[] {1, 19, 33}) {
        for (int hidden : new int[] {0, 1, 64}) {
          for (int rows : new int[] {1, 7, 8, 9}) {
            history(
                bench, numbers, new MatrixSize(rows, actions == 19 ? 130 : 31), actions, hidden);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void addsWhatACandidateTokenHas(String device) {
    Numbers numbers = Numbers.of("candidate_features");
    try (Workbench bench = Workbench.on(device)) {
      for (int columns : new int[] {1, 31, 32, 33, 128, 300}) {
        for (int rows : new int[] {0, 1, 9}) {
          candidates(bench, numbers, new MatrixSize(rows, columns));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void showsIndicesOutsideTheirTable(String device) {
    try (Workbench bench = Workbench.on(device)) {
      DeviceMemory tokens = bench.bfloat16(new float[4]);
      new CandidateFeaturesKernel(bench.library())
          .launch(
              bench.stream(),
              tokens,
              new Feature(bench.integers(0, 1, -1, 0), bench.floats(1), 1),
              new Feature(bench.integers(0, 0, 0, 2), bench.floats(2, 3), 2),
              new MatrixSize(4, 1));
      Tolerance.ONE_ROUNDING.check(
          "tokens",
          new float[] {3, Float.NaN, Float.NaN, Float.NaN},
          bench.readBfloat16(tokens, 4));
    }
  }

  private static void history(
      Workbench bench, Numbers numbers, MatrixSize size, int actions, int hidden) {
    int rows = size.rows();
    int columns = size.columns();
    float[] acted = new float[rows * actions];
    int[] which = numbers.integers(rows, 0, actions);
    for (int row = 1; row < rows; row++) { // the first row has no action
      acted[row * actions + which[row]] = 1;
    }
    var features =
        new HistoryFeaturesReference.Features(
            acted, numbers.integers(rows, 0, SURFACES), numbers.uniform(rows));
    var tables =
        new HistoryFeaturesReference.Tables(
            numbers.normal(actions * columns, 1),
            numbers.normal(SURFACES * columns, 1),
            numbers.normal(hidden, 1),
            numbers.normal(hidden * columns, 0.1));
    float[] expected = numbers.bfloat16(rows * columns, 1);
    DeviceMemory tokens = bench.bfloat16(expected);
    HistoryFeaturesKernel.Dwell dwell =
        hidden == 0
            ? null
            : new HistoryFeaturesKernel.Dwell(
                bench.floats(tables.dwellIn()), bench.floats(tables.dwellOut()), hidden);
    new HistoryFeaturesKernel(bench.library())
        .launch(
            bench.stream(),
            tokens,
            new HistoryFeaturesKernel.Features(
                bench.floats(acted),
                bench.integers(features.surfaces()),
                hidden == 0 ? null : bench.floats(features.dwell())),
            new HistoryFeaturesKernel.Tables(
                bench.floats(tables.actions()),
                bench.floats(tables.surfaces()),
                dwell,
                actions,
                SURFACES),
            size);
    HistoryFeaturesReference.apply(expected, features, tables);
    String what = size + ", " + actions + " actions, " + hidden + " hidden";
    // Up to 33 + 64 terms of size 4 are summed in float32 before they may cancel.
    Tolerance.ONE_ROUNDING
        .plus(400 * 0x1p-23)
        .check(what, expected, bench.readBfloat16(tokens, expected.length));
    bench.clear();
  }

  private static void candidates(Workbench bench, Numbers numbers, MatrixSize size) {
    int columns = size.columns();
    var features =
        new CandidateFeaturesReference.Features(
            numbers.integers(size.rows(), 0, SURFACES), numbers.integers(size.rows(), 0, AGES));
    var tables =
        new CandidateFeaturesReference.Tables(
            numbers.normal(SURFACES * columns, 1), numbers.normal(AGES * columns, 1));
    float[] expected = numbers.bfloat16(size.rows() * columns, 1);
    DeviceMemory tokens = bench.bfloat16(expected);
    new CandidateFeaturesKernel(bench.library())
        .launch(
            bench.stream(),
            tokens,
            new Feature(
                bench.integers(features.surfaces()), bench.floats(tables.surfaces()), SURFACES),
            new Feature(bench.integers(features.ages()), bench.floats(tables.ages()), AGES),
            size);
    CandidateFeaturesReference.apply(expected, features, tables);
    Tolerance.ONE_ROUNDING.check(
        size + Arrays.toString(features.ages()),
        expected,
        bench.readBfloat16(tokens, expected.length));
    bench.clear();
  }
}
