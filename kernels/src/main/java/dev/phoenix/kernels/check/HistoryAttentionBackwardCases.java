package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AttentionHeads;
import dev.phoenix.kernels.HistoryAttentionBackwardKernel;
import dev.phoenix.kernels.HistoryAttentionKernel;
import dev.phoenix.kernels.reference.HistoryAttentionBackwardReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cases of {@code history_attention_backward}. */
public final class HistoryAttentionBackwardCases {
  private static final float MULTIPLIER = 0.125f;

  private HistoryAttentionBackwardCases() {}

  /** Whether candidates have already added gradients of the same keys and values. */
  public enum Candidates {
    /** Candidates have added gradients before. */
    CAME_FIRST,
    /** There are no candidates. */
    NONE
  }

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    AttentionHeads small = new AttentionHeads(2, 1, 32, MULTIPLIER);
    cases.add(of(small, Candidates.NONE, 1, 31, 0, 32, 33, 0));
    cases.add(of(small, Candidates.CAME_FIRST, 63, 65));
    cases.add(of(small, Candidates.NONE, 0));
    for (int headSize : new int[] {2, 30, 40, 64, 128}) {
      cases.add(of(new AttentionHeads(2, 2, headSize, MULTIPLIER), Candidates.CAME_FIRST, 5, 34));
    }
    cases.add(of(new AttentionHeads(6, 2, 64, MULTIPLIER), Candidates.NONE, 66, 3));
    cases.add(of(new AttentionHeads(3, 1, 128, MULTIPLIER / 2), Candidates.NONE, 129));
    return cases;
  }

  /** Random segments of these lengths. */
  public static KernelCase of(AttentionHeads heads, Candidates candidates, int... lengths) {
    return KernelCase.of(
        "history_attention_backward",
        heads + " " + Arrays.toString(lengths) + " " + candidates,
        (bench, numbers) -> {
          FusedRows rows = FusedRows.random(numbers, heads, lengths);
          int keyElements = rows.rows() * heads.keyHeads() * heads.headSize();
          boolean added = candidates == Candidates.CAME_FIRST;
          Inputs inputs =
              new Inputs(
                  rows,
                  numbers.bfloat16(rows.rows() * heads.queryColumns(), 1),
                  added ? numbers.normal(keyElements, 1) : new float[keyElements],
                  added ? numbers.normal(keyElements, 1) : new float[keyElements]);
          return prepare(bench, inputs);
        });
  }

  private record Inputs(FusedRows rows, float[] gradOut, float[] fromKeys, float[] fromValues) {}

  private static PreparedCase prepare(Workbench bench, Inputs inputs) {
    FusedRows rows = inputs.rows();
    AttentionHeads heads = rows.heads();
    float[] queries = new float[inputs.gradOut().length];
    float[] before = FusedGradients.fuse(rows, queries, inputs.fromKeys(), inputs.fromValues());
    DeviceMemory out = bench.floats(before);
    DeviceMemory stats = bench.empty(ElementType.F32, 2L * rows.rows() * heads.queryHeads());
    DeviceMemory gradOut = bench.bfloat16(inputs.gradOut());
    var batch =
        new HistoryAttentionKernel.Batch(
            bench.bfloat16(rows.values()),
            bench.integers(rows.offsets()),
            rows.rows(),
            rows.segments(),
            rows.longest());
    var kernel = new HistoryAttentionBackwardKernel(bench.library(), heads);
    var gradients = new HistoryAttentionBackwardKernel.Gradients(out, stats);
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), gradients, gradOut, batch),
        Output.of(
            "gradQkv",
            Format.FLOAT32,
            out.slice(0, 4L * before.length),
            new GradientTolerance(FusedGradients.logit(heads)),
            () -> expected(inputs)),
        work(rows));
  }

  private static float[] expected(Inputs inputs) {
    FusedRows rows = inputs.rows();
    var gradients =
        new HistoryAttentionBackwardReference.Gradients(
            new float[inputs.gradOut().length],
            inputs.fromKeys().clone(),
            inputs.fromValues().clone());
    HistoryAttentionBackwardReference.apply(
        gradients, inputs.gradOut(), rows.queries(), rows.keyValues(), rows.shape());
    return FusedGradients.fuse(rows, gradients.q(), gradients.keys(), gradients.values());
  }

  /**
   * Five dot products of length K for every pair of query and key, the minimum for any algorithm.
   */
  private static Work work(FusedRows rows) {
    AttentionHeads heads = rows.heads();
    long pairs = 0;
    for (int s = 0; s < rows.segments(); s++) {
      int length = rows.offsets()[s + 1] - rows.offsets()[s];
      pairs += length * (length + 1L) / 2 * heads.queryHeads();
    }
    long fused = (long) rows.rows() * heads.fusedColumns();
    return Work.moving(6 * fused + 2L * rows.rows() * heads.queryColumns())
        .withTensorFlops(10 * pairs * heads.headSize())
        .withSpecials(2 * pairs);
  }
}
