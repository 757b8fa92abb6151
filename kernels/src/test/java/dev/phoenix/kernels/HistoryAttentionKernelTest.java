package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.reference.HistoryAttentionReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HistoryAttentionKernelTest {
  private static final float MULTIPLIER = 0.125f;

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void attendsRaggedSegments(String device) {
    Numbers numbers = Numbers.of("history_attention");
    try (Workbench bench = Workbench.on(device)) {
      AttentionHeads heads = new AttentionHeads(2, 1, 32, MULTIPLIER);
      check(bench, FusedRows.random(numbers, heads, 1, 31, 0, 32, 33, 0));
      check(bench, FusedRows.random(numbers, heads, 63, 64, 65, 129));
      check(bench, FusedRows.random(numbers, heads, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void attendsWithAnyHeads(String device) {
    Numbers numbers = Numbers.of("history_attention heads");
    try (Workbench bench = Workbench.on(device)) {
      for (int headSize : new int[] {2, 30, 40, 64, 66, 128, 256}) {
        check(
            bench,
            FusedRows.random(numbers, new AttentionHeads(3, 3, headSize, MULTIPLIER), 5, 70));
      }
      check(bench, FusedRows.random(numbers, new AttentionHeads(6, 2, 64, MULTIPLIER), 65, 3));
    }
  }

  /** Several tiles of queries and keys, on and beside the tile's edge, with and without keeping. */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void attendsLongSegments(String device) {
    Numbers numbers = Numbers.of("history_attention long");
    try (Workbench bench = Workbench.on(device)) {
      AttentionHeads heads = new AttentionHeads(4, 2, 128, MULTIPLIER / 2);
      FusedRows rows = FusedRows.random(numbers, heads, 127, 128, 129, 300);
      check(bench, rows);
      float[] out = run(bench, rows).out();
      assertArrayEquals(out, run(bench, rows).out(), "a second run");
      assertArrayEquals(out, runWithoutKeeping(bench, rows), "without keeping");
    }
  }

  /**
   * Two keys whose logits the cap brings closer: values 1 and 0 make the output the first weight's
   * share p, which moves by p (1 - p) times the error of the logits' difference (2 * 30 * 2^-11),
   * and by a rounding of the weights and one of the result.
   */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void capsLogits(String device) {
    AttentionHeads heads = new AttentionHeads(1, 1, 2, 1);
    try (Workbench bench = Workbench.on(device)) {
      for (float[] logits : new float[][] {{100, 50}, {-60, -100}, {24, 22}, {0.5f, -0.5f}}) {
        // queries | keys | values of two rows; the second row's query is (1, 0).
        float[] values = {0, 0, logits[0], 0, 1, 1, 1, 0, logits[1], 0, 0, 0};
        FusedRows rows = new FusedRows(heads, values, FusedRows.offsets(2));
        float expected = expected(rows)[2];
        float actual = run(bench, rows).out()[2];
        double bound = expected * (1 - expected) * 60 * 0x1p-11 + 2 * Bfloat16.EPSILON * expected;
        assertEquals(expected, actual, bound, java.util.Arrays.toString(logits));
      }
    }
  }

  /** Logits far beyond the cap: every weight is e^30 or e^-30, and their sums are still finite. */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void staysFiniteWhereTheCapSaturates(String device) {
    Numbers numbers = Numbers.of("history_attention cap");
    try (Workbench bench = Workbench.on(device)) {
      AttentionHeads heads = new AttentionHeads(1, 1, 32, 1000);
      FusedRows rows = FusedRows.random(numbers, heads, 100);
      AttentionTolerance.check("saturated", expected(rows), run(bench, rows).out(), 30);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void keepsNanInItsSegment(String device) {
    Numbers numbers = Numbers.of("history_attention nan");
    try (Workbench bench = Workbench.on(device)) {
      AttentionHeads heads = new AttentionHeads(1, 1, 32, MULTIPLIER);
      FusedRows rows = FusedRows.random(numbers, heads, 70, 70, 70);
      float[] clean = run(bench, rows).out();
      for (int column = 0; column < heads.fusedColumns(); column++) {
        rows.values()[75 * heads.fusedColumns() + column] = Float.NaN;
      }
      float[] spoiled = run(bench, rows).out();
      int width = heads.queryColumns();
      for (int i = 0; i < spoiled.length; i++) {
        int row = i / width;
        if (row < 70 || row >= 140) {
          assertTrue(spoiled[i] == clean[i], "row " + row);
        } else {
          assertFalse(row >= 75 && !Float.isNaN(spoiled[i]), "row " + row + " hides the NaN");
        }
      }
    }
  }

  /** What the kernel writes. */
  private record Result(float[] out, float[] kept) {}

  private static float[] expected(FusedRows rows) {
    float[] expected = new float[rows.rows() * rows.heads().queryColumns()];
    HistoryAttentionReference.apply(expected, rows.queries(), rows.keyValues(), rows.shape());
    return expected;
  }

  private static void check(Workbench bench, FusedRows rows) {
    Result actual = run(bench, rows);
    String what = rows.heads() + " " + java.util.Arrays.toString(rows.offsets());
    assertArrayEquals(rows.kept(), actual.kept(), "kept " + what);
    // q·k of normal vectors: 4 standard deviations of sqrt(K), times the multiplier.
    double logit = Math.min(30, 4 * Math.sqrt(rows.heads().headSize()) * MULTIPLIER);
    AttentionTolerance.check(what, expected(rows), actual.out(), logit);
  }

  private static float[] runWithoutKeeping(Workbench bench, FusedRows rows) {
    int outputs = rows.rows() * rows.heads().queryColumns();
    DeviceMemory out = bench.empty(ElementType.BF16, outputs);
    new HistoryAttentionKernel(bench.library(), rows.heads())
        .launch(bench.stream(), out, null, batch(bench, rows));
    float[] result = bench.readBfloat16(out, outputs);
    bench.clear();
    return result;
  }

  private static HistoryAttentionKernel.Batch batch(Workbench bench, FusedRows rows) {
    return new HistoryAttentionKernel.Batch(
        bench.bfloat16(rows.values()),
        bench.integers(rows.offsets()),
        rows.rows(),
        rows.segments(),
        rows.longest());
  }

  private static Result run(Workbench bench, FusedRows rows) {
    AttentionHeads heads = rows.heads();
    int outputs = rows.rows() * heads.queryColumns();
    int keptElements = Math.toIntExact(heads.keptElements(rows.rows()));
    DeviceMemory out = bench.empty(ElementType.BF16, outputs);
    DeviceMemory kept = bench.empty(ElementType.BF16, keptElements);
    new HistoryAttentionKernel(bench.library(), heads)
        .launch(bench.stream(), out, kept, batch(bench, rows));
    Result result =
        new Result(bench.readBfloat16(out, outputs), bench.readBfloat16(kept, keptElements));
    bench.clear();
    return result;
  }
}
