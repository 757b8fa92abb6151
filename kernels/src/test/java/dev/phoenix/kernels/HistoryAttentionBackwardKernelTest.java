package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.reference.HistoryAttentionBackwardReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HistoryAttentionBackwardKernelTest {
  private static final float MULTIPLIER = 0.125f;

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void raggedSegments(String device) {
    Numbers numbers = Numbers.of("history_attention_backward");
    try (Workbench bench = Workbench.on(device)) {
      AttentionHeads heads = new AttentionHeads(2, 1, 32, MULTIPLIER);
      check(bench, numbers, FusedRows.random(numbers, heads, 1, 31, 0, 32, 33, 0));
      check(bench, numbers, FusedRows.random(numbers, heads, 63, 65));
      check(bench, numbers, FusedRows.random(numbers, heads, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void anyHeads(String device) {
    Numbers numbers = Numbers.of("history_attention_backward heads");
    try (Workbench bench = Workbench.on(device)) {
      for (int headSize : new int[] {2, 30, 40, 64, 128}) {
        AttentionHeads heads = new AttentionHeads(2, 2, headSize, MULTIPLIER);
        check(bench, numbers, FusedRows.random(numbers, heads, 5, 34));
      }
      AttentionHeads grouped = new AttentionHeads(6, 2, 64, MULTIPLIER);
      check(bench, numbers, FusedRows.random(numbers, grouped, 66, 3));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void sameBitsInEveryRun(String device) {
    Numbers numbers = Numbers.of("history_attention_backward again");
    try (Workbench bench = Workbench.on(device)) {
      AttentionHeads heads = new AttentionHeads(3, 1, 64, MULTIPLIER);
      FusedRows rows = FusedRows.random(numbers, heads, 70);
      float[] gradOut = numbers.bfloat16(rows.rows() * heads.queryColumns(), 1);
      assertArrayEquals(run(bench, rows, gradOut, null), run(bench, rows, gradOut, null));
    }
  }

  /** Logits far beyond the cap: slopes vanish, weights are e^30 or e^-30, all stays finite. */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void staysFiniteWhereTheCapSaturates(String device) {
    Numbers numbers = Numbers.of("history_attention_backward cap");
    try (Workbench bench = Workbench.on(device)) {
      AttentionHeads heads = new AttentionHeads(1, 1, 32, 1000);
      FusedRows rows = FusedRows.random(numbers, heads, 40);
      float[] gradOut = numbers.bfloat16(rows.rows() * heads.queryColumns(), 1);
      for (float value : run(bench, rows, gradOut, null)) {
        assertTrue(Float.isFinite(value));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void refusesHeadsThatAreTooLarge(String device) {
    try (Workbench bench = Workbench.on(device)) {
      AttentionHeads heads = new AttentionHeads(1, 1, 130, 1);
      var found =
          assertThrows(
              IllegalArgumentException.class,
              () -> new HistoryAttentionBackwardKernel(bench.library(), heads));
      assertTrue(String.valueOf(found.getMessage()).contains("at most 128, found 130"));
    }
  }

  private static void check(Workbench bench, Numbers numbers, FusedRows rows) {
    AttentionHeads heads = rows.heads();
    int keyElements = rows.rows() * heads.keyHeads() * heads.headSize();
    float[] gradOut = numbers.bfloat16(rows.rows() * heads.queryColumns(), 1);
    float[] fromKeys = numbers.normal(keyElements, 1);
    float[] fromValues = numbers.normal(keyElements, 1);
    for (boolean candidates : new boolean[] {false, true}) {
      var expected =
          new HistoryAttentionBackwardReference.Gradients(
              new float[gradOut.length],
              candidates ? fromKeys.clone() : new float[keyElements],
              candidates ? fromValues.clone() : new float[keyElements]);
      HistoryAttentionBackwardReference.apply(
          expected, gradOut, rows.queries(), rows.keyValues(), rows.shape());
      float[] fused =
          AttentionGradients.fuse(rows, expected.q(), expected.keys(), expected.values());
      float[] kept = candidates ? AttentionGradients.keep(rows, fromKeys, fromValues) : null;
      AttentionGradients.check(
          AttentionGradients.describe(rows),
          fused,
          run(bench, rows, gradOut, kept),
          AttentionGradients.logit(heads));
    }
  }

  private static float[] run(
      Workbench bench, FusedRows rows, float[] gradOut, float @Nullable [] kept) {
    AttentionHeads heads = rows.heads();
    int elements = rows.rows() * heads.fusedColumns();
    DeviceMemory out = bench.empty(ElementType.F32, elements);
    new HistoryAttentionBackwardKernel(bench.library(), heads)
        .launch(
            bench.stream(),
            new HistoryAttentionBackwardKernel.Gradients(
                out, bench.empty(ElementType.F32, 2L * rows.rows() * heads.queryHeads())),
            bench.bfloat16(gradOut),
            kept == null
                ? null
                : new HistoryAttentionBackwardKernel.Kept(bench.floats(kept), rows.rows()),
            new HistoryAttentionKernel.Batch(
                bench.bfloat16(rows.values()),
                bench.integers(rows.offsets()),
                rows.rows(),
                rows.segments(),
                rows.longest()));
    float[] result = bench.readFloats(out, elements);
    bench.clear();
    return result;
  }
}
