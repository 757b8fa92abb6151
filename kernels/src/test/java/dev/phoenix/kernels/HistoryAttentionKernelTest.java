package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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

  private static Result run(Workbench bench, FusedRows rows) {
    AttentionHeads heads = rows.heads();
    int outputs = rows.rows() * heads.queryColumns();
    int keptElements = Math.toIntExact(heads.keptElements(rows.rows()));
    DeviceMemory out = bench.empty(ElementType.BF16, outputs);
    DeviceMemory kept = bench.empty(ElementType.BF16, keptElements);
    new HistoryAttentionKernel(bench.library(), heads)
        .launch(
            bench.stream(),
            out,
            kept,
            new HistoryAttentionKernel.Batch(
                bench.bfloat16(rows.values()),
                bench.integers(rows.offsets()),
                rows.rows(),
                rows.segments(),
                rows.longest()));
    Result result =
        new Result(bench.readBfloat16(out, outputs), bench.readBfloat16(kept, keptElements));
    bench.clear();
    return result;
  }
}
