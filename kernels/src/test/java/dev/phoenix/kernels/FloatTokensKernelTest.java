package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.reference.ActivationReference;
import dev.phoenix.kernels.reference.CandidateFeaturesReference;
import dev.phoenix.kernels.reference.EmbeddingGatherReference;
import dev.phoenix.kernels.reference.HistoryFeaturesReference;
import dev.phoenix.kernels.reference.MatmulReference;
import dev.phoenix.kernels.reference.RmsNormReference;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kernels on float32 tokens, as the graph has them: embedding_gather, history_features,
 * candidate_features and action_heads.
 */
class FloatTokensKernelTest {
  private static final int VOCABULARY = 100;
  private static final int RESERVED = EmbeddingGatherKernel.RESERVED_ROWS;
  private static final int SURFACES = 16;
  private static final int AGES = 82;
  private static final Tolerance EXACT = new Tolerance(0, 0);

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void gathersRowsFromTheDeviceAndFromTheHost(String device) {
    Numbers numbers = Numbers.of("embedding_gather_f32_f32");
    try (Workbench bench = Workbench.on(device)) {
      for (int columns : new int[] {1, 7, 8, 31, 32, 33, 128, 2056}) {
        int[] indices = numbers.integers(columns > 1000 ? 5 : 33, 0, VOCABULARY);
        indices[0] = 0;
        indices[1] = RESERVED - 1;
        indices[2] = RESERVED;
        indices[3] = VOCABULARY - 1;
        indices[4] = -1;
        float[] table = numbers.normal(VOCABULARY * columns, 1);
        float[] expected = new float[indices.length * columns];
        float[] read = table.clone();
        Arrays.fill(read, 0, RESERVED * columns, 0f);
        int[] inside = indices.clone();
        inside[4] = 0;
        EmbeddingGatherReference.apply(expected, read, inside, columns);
        Arrays.fill(expected, 4 * columns, 5 * columns, Float.NaN);
        EXACT.check("device", expected, gather(bench, bench.floats(table), indices, columns));
        EXACT.check("host", expected, gather(bench, bench.mapped(table), indices, columns));
        bench.clear();
      }
    }
  }

  private static float[] gather(Workbench bench, DeviceMemory table, int[] indices, int columns) {
    int count = indices.length * columns;
    DeviceMemory out = bench.empty(ElementType.F32, count);
    new EmbeddingGatherKernel(bench.library())
        .launchFloats(
            bench.stream(),
            out,
            new EmbeddingGatherKernel.Table(table, ElementType.F32, VOCABULARY, RESERVED),
            bench.integers(indices),
            new MatrixSize(indices.length, columns));
    return bench.readFloats(out, count);
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void gathersNoRoundedTableIntoFloats(String device) {
    try (Workbench bench = Workbench.on(device)) {
      DeviceMemory table = bench.bfloat16(new float[VOCABULARY]);
      DeviceMemory out = bench.empty(ElementType.F32, 1);
      assertThrows(
          IllegalArgumentException.class,
          () ->
              new EmbeddingGatherKernel(bench.library())
                  .launchFloats(
                      bench.stream(),
                      out,
                      new EmbeddingGatherKernel.Table(table, ElementType.BF16, VOCABULARY, 1),
                      bench.integers(1),
                      new MatrixSize(1, 1)));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void addsWhatAHistoryTokenHas(String device) {
    Numbers numbers = Numbers.of("history_features_f32");
    try (Workbench bench = Workbench.on(device)) {
      for (int actions : new int[] {1, 19, 33}) {
        for (int hidden : new int[] {0, 64}) {
          for (int rows : new int[] {0, 1, 8, 9}) {
            history(
                bench, numbers, new MatrixSize(rows, actions == 19 ? 130 : 31), actions, hidden);
          }
        }
      }
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
    float[] expected = numbers.normal(rows * columns, 1);
    DeviceMemory tokens = bench.floats(expected);
    boolean dwells = hidden > 0;
    new HistoryFeaturesKernel(bench.library(), ElementType.F32)
        .launch(
            bench.stream(),
            tokens,
            new HistoryFeaturesKernel.Features(
                bench.floats(acted),
                bench.integers(features.surfaces()),
                dwells ? bench.floats(features.dwell()) : null),
            new HistoryFeaturesKernel.Tables(
                bench.floats(tables.actions()),
                bench.floats(tables.surfaces()),
                dwells
                    ? new HistoryFeaturesKernel.Dwell(
                        bench.floats(tables.dwellIn()), bench.floats(tables.dwellOut()), hidden)
                    : null,
                actions,
                SURFACES),
            size);
    HistoryFeaturesReference.apply(expected, features, tables);
    // Up to 33 + 64 terms of size 4 are summed in float32 before they may cancel.
    Tolerance.FLOAT32
        .plus(400 * 0x1p-23)
        .check(
            size + ", " + actions + " actions, " + hidden + " hidden",
            expected,
            bench.readFloats(tokens, expected.length));
    bench.clear();
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void addsWhatACandidateTokenHas(String device) {
    Numbers numbers = Numbers.of("candidate_features_f32");
    try (Workbench bench = Workbench.on(device)) {
      for (int columns : new int[] {1, 31, 32, 33, 128, 300}) {
        for (int rows : new int[] {0, 1, 9}) {
          candidates(bench, numbers, new MatrixSize(rows, columns));
        }
      }
    }
  }

  private static void candidates(Workbench bench, Numbers numbers, MatrixSize size) {
    int columns = size.columns();
    var features =
        new CandidateFeaturesReference.Features(
            numbers.integers(size.rows(), 0, SURFACES), numbers.integers(size.rows(), 0, AGES));
    var tables =
        new CandidateFeaturesReference.Tables(
            numbers.normal(SURFACES * columns, 1), numbers.normal(AGES * columns, 1));
    float[] expected = numbers.normal(size.rows() * columns, 1);
    DeviceMemory tokens = bench.floats(expected);
    new CandidateFeaturesKernel(bench.library(), ElementType.F32)
        .launch(
            bench.stream(),
            tokens,
            new CandidateFeaturesKernel.Feature(
                bench.integers(features.surfaces()), bench.floats(tables.surfaces()), SURFACES),
            new CandidateFeaturesKernel.Feature(
                bench.integers(features.ages()), bench.floats(tables.ages()), AGES),
            size);
    CandidateFeaturesReference.apply(expected, features, tables);
    // Three terms of size 4.
    Tolerance.FLOAT32
        .plus(12 * 0x1p-23)
        .check("" + size, expected, bench.readFloats(tokens, expected.length));
    bench.clear();
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void scoresEveryRow(String device) {
    Numbers numbers = Numbers.of("action_heads_f32");
    try (Workbench bench = Workbench.on(device)) {
      for (int actions : new int[] {1, 27, 33}) {
        for (int columns : new int[] {1, 33, 128, 1025}) {
          for (int rows : new int[] {0, 1, 3, 4, 5}) {
            float[] hidden = numbers.normal(rows * columns, 2);
            float[] scale = numbers.normal(columns, 1);
            float[] weights = numbers.normal(columns * actions, 1 / Math.sqrt(columns));
            float[] normed = new float[hidden.length];
            RmsNormReference.apply(normed, hidden, scale);
            float[] logits = new float[rows * actions];
            MatmulReference.apply(
                logits, normed, weights, new MatmulReference.Shape(rows, columns, actions));
            float[] probabilities = new float[logits.length];
            ActivationReference.sigmoid(probabilities, logits);
            Scores found = score(bench, hidden, scale, weights);
            String what = rows + " x " + columns + " x " + actions;
            // Terms of size |x w| up to about 4 * 4 / sqrt(D), D of them in float32.
            Tolerance tolerance = Tolerance.FLOAT32.plus(16 * Math.sqrt(columns) * 0x1p-23);
            tolerance.check("logits " + what, logits, found.logits());
            tolerance.check("probabilities " + what, probabilities, found.probabilities());
          }
        }
      }
    }
  }

  /** What the heads give. */
  private record Scores(float[] probabilities, float[] logits) {}

  private static Scores score(Workbench bench, float[] hidden, float[] scale, float[] weights) {
    int rows = hidden.length / scale.length;
    int actions = weights.length / scale.length;
    int scored = rows * actions;
    DeviceMemory probabilities = bench.empty(ElementType.F32, scored);
    DeviceMemory logits = bench.empty(ElementType.F32, scored);
    new ActionHeadsKernel(bench.library(), ElementType.F32)
        .launch(
            bench.stream(),
            new ActionHeadsKernel.Outputs(probabilities, logits),
            new ActionHeadsKernel.Inputs(
                bench.floats(hidden), bench.floats(scale), bench.floats(weights)),
            new MatrixSize(rows, scale.length),
            actions);
    Scores scores =
        new Scores(bench.readFloats(probabilities, scored), bench.readFloats(logits, scored));
    bench.clear();
    return scores;
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void scoresARowAlikeWhateverStandsBesideIt(String device) {
    Numbers numbers = Numbers.of("action_heads_f32 alone");
    int columns = 128;
    try (Workbench bench = Workbench.on(device)) {
      float[] hidden = numbers.normal(7 * columns, 2);
      hidden[columns] = Float.NaN;
      float[] scale = numbers.normal(columns, 1);
      float[] weights = numbers.normal(columns * 27, 1);
      float[] together = score(bench, hidden, scale, weights).logits();
      for (int row = 0; row < 7; row++) {
        float[] one = Arrays.copyOfRange(hidden, row * columns, (row + 1) * columns);
        assertArrayEquals(
            Arrays.copyOfRange(together, row * 27, (row + 1) * 27),
            score(bench, one, scale, weights).logits(),
            "row " + row);
      }
    }
  }
}
