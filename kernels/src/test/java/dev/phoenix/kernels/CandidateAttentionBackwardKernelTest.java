package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.reference.CandidateAttentionBackwardReference;
import dev.phoenix.kernels.reference.CandidateAttentionReference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CandidateAttentionBackwardKernelTest {
  private static final float MULTIPLIER = 0.125f;

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void raggedRequests(String device) {
    Numbers numbers = Numbers.of("candidate_attention_backward");
    try (Workbench bench = Workbench.on(device)) {
      AttentionHeads heads = new AttentionHeads(2, 1, 32, MULTIPLIER);
      check(
          bench,
          numbers,
          FusedRows.random(numbers, heads, 1, 31, 0, 33, 5),
          FusedRows.random(numbers, heads, 0, 1, 40, 64, 65));
      check(
          bench, numbers, FusedRows.random(numbers, heads, 3), FusedRows.random(numbers, heads, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void anyHeads(String device) {
    Numbers numbers = Numbers.of("candidate_attention_backward heads");
    try (Workbench bench = Workbench.on(device)) {
      for (int headSize : new int[] {2, 30, 40, 64, 128}) {
        AttentionHeads heads = new AttentionHeads(2, 2, headSize, MULTIPLIER);
        check(
            bench,
            numbers,
            FusedRows.random(numbers, heads, 9, 2),
            FusedRows.random(numbers, heads, 34, 3));
      }
      AttentionHeads grouped = new AttentionHeads(10, 2, 64, MULTIPLIER);
      check(
          bench,
          numbers,
          FusedRows.random(numbers, grouped, 15, 2),
          FusedRows.random(numbers, grouped, 65, 9));
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
    float[] gradOut = numbers.bfloat16(candidates.rows() * candidates.heads().queryColumns(), 1);
    Result some = run(bench, candidates, history, gradOut, seesItself);
    compare(candidates, history, expected(candidates, history, gradOut, seesItself), some);
    compare(
        candidates,
        history,
        expected(candidates, history, gradOut, all),
        run(bench, candidates, history, gradOut, null));
    Result again = run(bench, candidates, history, gradOut, seesItself);
    assertArrayEquals(some.qkv(), again.qkv(), "a second run");
    assertArrayEquals(some.kept(), again.kept(), "a second run");
  }

  /** Gradients of the candidates' fused rows, and of what is kept of the history. */
  private record Result(float[] qkv, float[] kept) {}

  private static void compare(
      FusedRows candidates, FusedRows history, Result expected, Result actual) {
    String what =
        AttentionGradients.describe(candidates) + " " + Arrays.toString(history.offsets());
    double logit = AttentionGradients.logit(candidates.heads());
    AttentionGradients.check("own " + what, expected.qkv(), actual.qkv(), logit);
    AttentionGradients.check("kept " + what, expected.kept(), actual.kept(), logit);
  }

  private static Result expected(
      FusedRows candidates, FusedRows history, float[] gradOut, boolean[] seesItself) {
    AttentionHeads heads = candidates.heads();
    int own = candidates.rows() * heads.keyHeads() * heads.headSize();
    int kept = history.rows() * heads.keyHeads() * heads.headSize();
    var gradients =
        new CandidateAttentionBackwardReference.Gradients(
            new float[gradOut.length],
            new float[own],
            new float[own],
            new float[kept],
            new float[kept]);
    CandidateAttentionBackwardReference.apply(
        gradients,
        gradOut,
        new CandidateAttentionReference.Candidates(
            candidates.queries(), candidates.keyValues(), seesItself),
        history.keyValues(),
        candidates.shape());
    return new Result(
        AttentionGradients.fuse(
            candidates, gradients.q(), gradients.ownKeys(), gradients.ownValues()),
        AttentionGradients.keep(history, gradients.historyKeys(), gradients.historyValues()));
  }

  private static Result run(
      Workbench bench,
      FusedRows candidates,
      FusedRows history,
      float[] gradOut,
      boolean @Nullable [] seesItself) {
    AttentionHeads heads = candidates.heads();
    int elements = candidates.rows() * heads.fusedColumns();
    int kept = Math.toIntExact(heads.keptElements(history.rows()));
    long stats = 2L * candidates.rows() * heads.queryHeads();
    DeviceMemory gradQkv = bench.empty(ElementType.F32, elements);
    DeviceMemory gradKept = bench.empty(ElementType.F32, kept);
    new CandidateAttentionBackwardKernel(bench.library(), heads)
        .launch(
            bench.stream(),
            new CandidateAttentionBackwardKernel.Gradients(
                gradQkv,
                gradKept,
                bench.empty(ElementType.F32, stats),
                bench.empty(ElementType.F32, stats)),
            bench.bfloat16(gradOut),
            new CandidateAttentionKernel.Candidates(
                bench.bfloat16(candidates.values()),
                bench.integers(candidates.offsets()),
                seesItself == null ? null : bench.bytes(toBytes(seesItself)),
                candidates.rows(),
                candidates.longest()),
            new CandidateAttentionBackwardKernel.History(
                new CandidateAttentionKernel.History(
                    bench.bfloat16(history.kept()),
                    bench.integers(history.offsets()),
                    history.rows(),
                    history.segments()),
                history.longest()));
    Result result =
        new Result(bench.readFloats(gradQkv, elements), bench.readFloats(gradKept, kept));
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
