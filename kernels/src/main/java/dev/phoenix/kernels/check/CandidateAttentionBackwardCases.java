package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AttentionHeads;
import dev.phoenix.kernels.CandidateAttentionBackwardKernel;
import dev.phoenix.kernels.CandidateAttentionKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.CandidateAttentionBackwardReference;
import dev.phoenix.kernels.reference.CandidateAttentionReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Cases of {@code candidate_attention_backward}. */
public final class CandidateAttentionBackwardCases {
  private static final float MULTIPLIER = 0.125f;

  private CandidateAttentionBackwardCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    AttentionHeads small = new AttentionHeads(2, 1, 32, MULTIPLIER);
    cases.add(of(small, new int[] {1, 31, 0, 33, 5}, new int[] {0, 1, 40, 64, 65}));
    cases.add(of(small, new int[] {3}, new int[] {0}));
    for (int headSize : new int[] {2, 30, 40, 64, 128}) {
      AttentionHeads heads = new AttentionHeads(2, 2, headSize, MULTIPLIER);
      cases.add(of(heads, new int[] {9, 2}, new int[] {34, 3}));
    }
    cases.add(of(new AttentionHeads(10, 2, 64, MULTIPLIER), new int[] {15, 2}, new int[] {65, 9}));
    return cases;
  }

  /** Random requests: candidates and history of each. A third of the candidates are padding. */
  public static KernelCase of(AttentionHeads heads, int[] candidates, int[] history) {
    return KernelCase.of(
        "candidate_attention_backward",
        heads + " " + Arrays.toString(candidates) + " of " + Arrays.toString(history),
        (bench, numbers) -> {
          FusedRows rows = FusedRows.random(numbers, heads, candidates);
          FusedRows past = FusedRows.random(numbers, heads, history);
          return prepare(
              bench,
              new Inputs(
                  rows,
                  past,
                  numbers.bfloat16(rows.rows() * heads.queryColumns(), 1),
                  numbers.mostly(rows.rows(), 3),
                  numbers.normal(past.values().length, 1)));
        });
  }

  private record Inputs(
      FusedRows candidates,
      FusedRows history,
      float[] gradOut,
      boolean[] seesItself,
      float[] before) {}

  private static PreparedCase prepare(Workbench bench, Inputs inputs) {
    FusedRows candidates = inputs.candidates();
    FusedRows history = inputs.history();
    AttentionHeads heads = candidates.heads();
    long stats = 2L * candidates.rows() * heads.queryHeads();
    var gradients =
        new CandidateAttentionBackwardKernel.Gradients(
            bench.floats(new float[candidates.rows() * heads.fusedColumns()]),
            bench.floats(inputs.before()),
            bench.empty(ElementType.F32, stats),
            bench.empty(ElementType.F32, stats));
    DeviceMemory gradOut = bench.bfloat16(inputs.gradOut());
    var rows =
        new CandidateAttentionKernel.Candidates(
            bench.bfloat16(candidates.values()),
            bench.integers(candidates.offsets()),
            bench.flags(inputs.seesItself()),
            candidates.rows(),
            candidates.longest());
    var past =
        new CandidateAttentionBackwardKernel.History(
            bench.bfloat16(history.values()),
            new MatrixSize(history.rows(), heads.fusedColumns()),
            heads.queryColumns(),
            bench.integers(history.offsets()),
            history.segments(),
            history.longest());
    var kernel = new CandidateAttentionBackwardKernel(bench.library(), heads);
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), gradients, gradOut, rows, past),
        List.of(
            output("gradQkv", gradients.qkv(), heads, () -> own(inputs, expected(inputs))),
            output(
                "gradHistory",
                gradients.history(),
                heads,
                () -> expectedHistory(inputs, expected(inputs)))),
        work(inputs));
  }

  private static Output output(
      String name, DeviceMemory memory, AttentionHeads heads, Supplier<float[]> expected) {
    // An operand without rows still has one element of memory.
    DeviceMemory numbers = expected.get().length == 0 ? memory.slice(0, 0) : memory;
    return Output.of(
        name,
        Format.FLOAT32,
        numbers,
        new GradientTolerance(FusedGradients.logit(heads)),
        expected);
  }

  private static float[] own(
      Inputs inputs, CandidateAttentionBackwardReference.Gradients gradients) {
    return FusedGradients.fuse(
        inputs.candidates(), gradients.q(), gradients.ownKeys(), gradients.ownValues());
  }

  /**
   * The expected buffer: gradients added to its initial values; the columns of the queries are
   * unchanged.
   */
  private static float[] expectedHistory(
      Inputs inputs, CandidateAttentionBackwardReference.Gradients gradients) {
    FusedRows history = inputs.history();
    float[] sum =
        FusedGradients.fuse(
            history,
            new float[history.rows() * history.heads().queryColumns()],
            gradients.historyKeys(),
            gradients.historyValues());
    for (int i = 0; i < sum.length; i++) {
      sum[i] += inputs.before()[i];
    }
    return sum;
  }

  private static CandidateAttentionBackwardReference.Gradients expected(Inputs inputs) {
    FusedRows candidates = inputs.candidates();
    AttentionHeads heads = candidates.heads();
    int own = candidates.rows() * heads.keyHeads() * heads.headSize();
    int kept = inputs.history().rows() * heads.keyHeads() * heads.headSize();
    var gradients =
        new CandidateAttentionBackwardReference.Gradients(
            new float[inputs.gradOut().length],
            new float[own],
            new float[own],
            new float[kept],
            new float[kept]);
    CandidateAttentionBackwardReference.apply(
        gradients,
        inputs.gradOut(),
        new CandidateAttentionReference.Candidates(
            candidates.queries(), candidates.keyValues(), inputs.seesItself()),
        inputs.history().keyValues(),
        candidates.shape());
    return gradients;
  }

  /** Five dot products of length K for every pair of candidate and history row. */
  private static Work work(Inputs inputs) {
    AttentionHeads heads = inputs.candidates().heads();
    long pairs = 0;
    for (int s = 0; s < inputs.history().segments(); s++) {
      int past = inputs.history().offsets()[s + 1] - inputs.history().offsets()[s];
      int rows = inputs.candidates().offsets()[s + 1] - inputs.candidates().offsets()[s];
      pairs += (long) past * rows * heads.queryHeads();
    }
    long fused = (long) inputs.candidates().rows() * heads.fusedColumns();
    long outputs = (long) inputs.candidates().rows() * heads.queryColumns();
    return Work.moving(6 * fused + 2 * outputs)
        .withTensorFlops(10 * pairs * heads.headSize())
        .withSpecials(2 * pairs);
  }
}
