package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.HistoryFeaturesKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.HistoryFeaturesReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code history_features}. */
public final class HistoryFeaturesCases {
  private static final int SURFACES = 16;

  private HistoryFeaturesCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (ElementType tokens : ElementType.values()) {
      for (int actions : new int[] {1, 19, 33}) {
        for (int hidden : new int[] {0, 1, 64}) {
          for (int rows : new int[] {1, 7, 8, 9}) {
            MatrixSize size = new MatrixSize(rows, actions == 19 ? 130 : 31);
            cases.add(of(size, actions, hidden, tokens));
          }
        }
      }
      cases.add(of(new MatrixSize(0, 31), 19, 64, tokens));
    }
    cases.add(
        KernelCase.of("history_features", "surfaces outside", (bench, numbers) -> outside(bench)));
    return cases;
  }

  /**
   * Random tokens; the first has no action.
   *
   * @param size of the tokens
   * @param actions columns of the actions
   * @param hidden width of the dwell network; 0 for none
   * @param type of the tokens
   */
  public static KernelCase of(MatrixSize size, int actions, int hidden, ElementType type) {
    return KernelCase.of(
        "history_features",
        "%d x %d, %d actions, %d hidden, %s"
            .formatted(size.rows(), size.columns(), actions, hidden, type),
        (bench, numbers) -> {
          int rows = size.rows();
          int columns = size.columns();
          float[] acted = new float[rows * actions];
          int[] which = numbers.integers(rows, 0, actions);
          for (int row = 1; row < rows; row++) {
            acted[row * actions + which[row]] = 1;
          }
          int[] surfaces = numbers.integers(rows, 0, SURFACES);
          var features =
              new HistoryFeaturesReference.Features(acted, surfaces, numbers.uniform(rows));
          var tables =
              new HistoryFeaturesReference.Tables(
                  numbers.normal(actions * columns, 1),
                  numbers.normal(SURFACES * columns, 1),
                  numbers.normal(hidden, 1),
                  numbers.normal(hidden * columns, 0.1));
          float[] tokens = numbers.bfloat16(rows * columns, 1);
          return prepare(bench, features, tables, new Tokens(tokens, size, SURFACES, type));
        });
  }

  private record Tokens(float[] values, MatrixSize size, int surfaces, ElementType type) {
    float[] expected(
        HistoryFeaturesReference.Features features, HistoryFeaturesReference.Tables tables) {
      float[] expected = values.clone();
      HistoryFeaturesReference.apply(expected, features, tables);
      return expected;
    }
  }

  private static PreparedCase prepare(
      Workbench bench,
      HistoryFeaturesReference.Features features,
      HistoryFeaturesReference.Tables tables,
      Tokens tokens) {
    DeviceMemory memory = bench.typed(tokens.type(), tokens.values());
    Runnable launch = launch(bench, memory, features, tables, tokens);
    // Up to 33 + 64 terms of size 4 are summed in float32 before they may cancel.
    boolean rounded = tokens.type() == ElementType.BF16;
    Tolerance tolerance =
        (rounded ? Tolerance.ONE_ROUNDING : Tolerance.FLOAT32).plus(400 * 0x1p-23);
    int rows = tokens.size().rows();
    int hidden = tables.dwellIn().length;
    int count = tokens.values().length;
    int read = features.actions().length + rows + (hidden == 0 ? 0 : rows);
    int table = tables.actions().length + hidden + tables.dwellOut().length;
    return new PreparedCase(
        launch,
        Output.of(
            "tokens",
            rounded ? Format.BFLOAT16 : Format.FLOAT32,
            memory,
            tolerance,
            () -> tokens.expected(features, tables)),
        rows == 0
            ? Work.moving(0)
            : Work.moving(4L * (read + table) + 2L * tokens.type().byteSize() * count)
                .withFlops(2L * count * (features.actions().length / rows + hidden))
                .withSpecials(2L * rows * hidden));
  }

  private static Runnable launch(
      Workbench bench,
      DeviceMemory memory,
      HistoryFeaturesReference.Features features,
      HistoryFeaturesReference.Tables tables,
      Tokens tokens) {
    int hidden = tables.dwellIn().length;
    var given =
        new HistoryFeaturesKernel.Features(
            bench.floats(features.actions()),
            bench.integers(features.surfaces()),
            hidden == 0 ? null : bench.floats(features.dwell()));
    var dwell =
        hidden == 0
            ? null
            : new HistoryFeaturesKernel.Dwell(
                bench.floats(tables.dwellIn()), bench.floats(tables.dwellOut()), hidden);
    int actions = tables.actions().length / tokens.size().columns();
    var folded =
        new HistoryFeaturesKernel.Tables(
            bench.floats(tables.actions()),
            bench.floats(tables.surfaces()),
            dwell,
            actions,
            tokens.surfaces());
    HistoryFeaturesKernel kernel = new HistoryFeaturesKernel(bench.library(), tokens.type());
    return () -> kernel.launch(bench.stream(), memory, given, folded, tokens.size());
  }

  /** Three tokens without an action: one with surface 0, two with surfaces outside of the table. */
  private static PreparedCase outside(Workbench bench) {
    var features =
        new HistoryFeaturesReference.Features(new float[3], new int[] {0, 1, -1}, new float[3]);
    var tables =
        new HistoryFeaturesReference.Tables(
            new float[] {5}, new float[] {2}, new float[0], new float[0]);
    Tokens tokens = new Tokens(new float[] {1, 1, 1}, new MatrixSize(3, 1), 1, ElementType.BF16);
    DeviceMemory memory = bench.bfloat16(tokens.values());
    return new PreparedCase(
        launch(bench, memory, features, tables, tokens),
        Output.of(
            "tokens",
            Format.BFLOAT16,
            memory,
            Tolerance.ONE_ROUNDING,
            () -> new float[] {3, Float.NaN, Float.NaN}),
        Work.moving(12));
  }
}
