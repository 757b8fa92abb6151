package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.reference.CandidateAttentionReference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CandidateAttentionKernelTest {
  private static final float MULTIPLIER = 0.125f;

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void attendsRaggedRequests(String device) {
    Numbers numbers = Numbers.of("candidate_attention");
    try (Workbench bench = Workbench.on(device)) {
      AttentionHeads heads = new AttentionHeads(2, 1, 32, MULTIPLIER);
      check(
          bench,
          numbers,
          FusedRows.random(numbers, heads, 1, 31, 32, 33, 0, 5),
          FusedRows.random(numbers, heads, 0, 1, 63, 64, 65, 130));
      check(
          bench, numbers, FusedRows.random(numbers, heads, 3), FusedRows.random(numbers, heads, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void attendsWithAnyHeads(String device) {
    Numbers numbers = Numbers.of("candidate_attention heads");
    try (Workbench bench = Workbench.on(device)) {
      for (int headSize : new int[] {2, 30, 40, 64, 66, 128, 256}) {
        AttentionHeads heads = new AttentionHeads(3, 3, headSize, MULTIPLIER);
        check(
            bench,
            numbers,
            FusedRows.random(numbers, heads, 9, 2),
            FusedRows.random(numbers, heads, 70, 3));
      }
      AttentionHeads grouped = new AttentionHeads(10, 2, 64, MULTIPLIER);
      check(
          bench,
          numbers,
          FusedRows.random(numbers, grouped, 15, 2),
          FusedRows.random(numbers, grouped, 65, 9));
    }
  }

  /** More packed rows than a tile has, and history on and beside the tile's edge. */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void attendsManyCandidates(String device) {
    Numbers numbers = Numbers.of("candidate_attention many");
    try (Workbench bench = Workbench.on(device)) {
      AttentionHeads heads = new AttentionHeads(6, 2, 128, MULTIPLIER / 2);
      check(
          bench,
          numbers,
          FusedRows.random(numbers, heads, 21, 22, 64, 0, 50),
          FusedRows.random(numbers, heads, 127, 128, 129, 7, 15));
    }
  }

  /** SPEC section 7: grouping may change no score. A NaN beside it may not either. */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void givesACandidateTheSameBitsWhateverStandsBesideIt(String device) {
    Numbers numbers = Numbers.of("candidate_attention grouping");
    try (Workbench bench = Workbench.on(device)) {
      AttentionHeads heads = new AttentionHeads(2, 1, 64, MULTIPLIER);
      FusedRows history = FusedRows.random(numbers, heads, 100);
      FusedRows all = FusedRows.random(numbers, heads, 40);
      Arrays.fill(all.values(), 0, heads.fusedColumns(), Float.NaN);
      float[] together = run(bench, all, history, null);
      for (int group : new int[] {1, 7, 33}) {
        for (int from = 0; from < 40; from += group) {
          int to = Math.min(40, from + group);
          float[] apart = run(bench, all.part(from, to), history, null);
          int width = heads.queryColumns();
          assertArrayEquals(
              Arrays.copyOfRange(together, from * width, to * width),
              apart,
              "candidates " + from + " to " + to);
        }
      }
    }
  }

  private static void check(
      Workbench bench, Numbers numbers, FusedRows candidates, FusedRows history) {
    int[] padding = numbers.integers(candidates.rows(), 0, 3);
    boolean[] seesItself = new boolean[padding.length];
    boolean[] all = new boolean[padding.length];
    Arrays.fill(all, true);
    for (int i = 0; i < padding.length; i++) {
      seesItself[i] = padding[i] != 0;
    }
    String what = candidates.heads() + " " + Arrays.toString(candidates.offsets());
    double logit = Math.min(30, 4 * Math.sqrt(candidates.heads().headSize()) * MULTIPLIER);
    AttentionTolerance.check(
        what,
        expected(candidates, history, seesItself),
        run(bench, candidates, history, seesItself),
        logit);
    AttentionTolerance.check(
        what, expected(candidates, history, all), run(bench, candidates, history, null), logit);
  }

  private static float[] expected(FusedRows candidates, FusedRows history, boolean[] seesItself) {
    float[] expected = new float[candidates.rows() * candidates.heads().queryColumns()];
    CandidateAttentionReference.apply(
        expected,
        new CandidateAttentionReference.Candidates(
            candidates.queries(), candidates.keyValues(), seesItself),
        history.keyValues(),
        candidates.shape());
    return expected;
  }

  private static float[] run(
      Workbench bench, FusedRows candidates, FusedRows history, boolean @Nullable [] seesItself) {
    AttentionHeads heads = candidates.heads();
    int outputs = candidates.rows() * heads.queryColumns();
    DeviceMemory out = bench.empty(ElementType.BF16, outputs);
    new CandidateAttentionKernel(bench.library(), heads)
        .launch(
            bench.stream(),
            out,
            new CandidateAttentionKernel.Candidates(
                bench.bfloat16(candidates.values()),
                bench.integers(candidates.offsets()),
                seesItself == null ? null : bench.bytes(toBytes(seesItself)),
                candidates.rows(),
                candidates.longest()),
            new CandidateAttentionKernel.History(
                bench.bfloat16(history.kept()),
                bench.integers(history.offsets()),
                history.rows(),
                history.segments()));
    float[] result = bench.readBfloat16(out, outputs);
    bench.clear();
    return result;
  }

  private static byte[] toBytes(boolean[] flags) {
    byte[] bytes = new byte[flags.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (flags[i] ? 1 : 0);
    }
    return bytes;
  }
}
