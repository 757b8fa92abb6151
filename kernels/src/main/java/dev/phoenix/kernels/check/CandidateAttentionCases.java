package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AttentionHeads;
import dev.phoenix.kernels.CandidateAttentionKernel;
import dev.phoenix.kernels.reference.CandidateAttentionReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cases of {@code candidate_attention}. */
public final class CandidateAttentionCases {
  private static final float MULTIPLIER = 0.125f;

  private CandidateAttentionCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    AttentionHeads small = new AttentionHeads(2, 1, 32, MULTIPLIER);
    addBoth(cases, small, lengths(1, 31, 32, 33, 0, 5), lengths(0, 1, 63, 64, 65, 130));
    addBoth(cases, small, lengths(3), lengths(0));
    addBoth(cases, small, lengths(0), lengths(3));
    for (int headSize : new int[] {2, 30, 40, 64, 66, 128, 256}) {
      AttentionHeads heads = new AttentionHeads(3, 3, headSize, MULTIPLIER);
      addBoth(cases, heads, lengths(9, 2), lengths(70, 3));
    }
    AttentionHeads grouped = new AttentionHeads(10, 2, 64, MULTIPLIER);
    addBoth(cases, grouped, lengths(15, 2), lengths(65, 9));
    // More packed rows than a tile has, and history lengths at and next to the tile's size.
    AttentionHeads many = new AttentionHeads(6, 2, 128, MULTIPLIER / 2);
    addBoth(cases, many, lengths(21, 22, 64, 0, 50), lengths(127, 128, 129, 7, 15));
    return cases;
  }

  private static int[] lengths(int... lengths) {
    return lengths;
  }

  private static void addBoth(
      List<KernelCase> cases, AttentionHeads heads, int[] candidates, int[] history) {
    for (Padding padding : Padding.values()) {
      cases.add(of(heads, candidates, history, padding));
    }
  }

  /** Whether some candidates are padding. */
  public enum Padding {
    /** Every candidate attends to itself. */
    NONE,
    /** About a third of the candidates are padding and do not. */
    SOME
  }

  /**
   * Random requests.
   *
   * @param candidates of every request
   * @param history rows of every request
   */
  public static KernelCase of(
      AttentionHeads heads, int[] candidates, int[] history, Padding padding) {
    String name =
        "%s candidates on %s rows, %s%s"
            .formatted(
                HistoryAttentionCases.name(candidates),
                HistoryAttentionCases.name(history),
                HistoryAttentionCases.name(heads),
                padding == Padding.SOME ? ", padding" : "");
    return KernelCase.of(
        "candidate_attention",
        name,
        (bench, numbers) -> {
          FusedRows rows = FusedRows.random(numbers, heads, candidates);
          FusedRows past = FusedRows.random(numbers, heads, history);
          boolean[] flags = padding == Padding.SOME ? numbers.mostly(rows.rows(), 3) : null;
          return prepare(bench, rows, past, flags);
        });
  }

  /**
   * Prepares these requests on a device.
   *
   * @param seesItself [rows]: whether a candidate attends to itself; null: all do
   */
  static PreparedCase prepare(
      Workbench bench, FusedRows candidates, FusedRows history, boolean @Nullable [] seesItself) {
    AttentionHeads heads = candidates.heads();
    DeviceMemory out =
        bench.empty(ElementType.BF16, (long) candidates.rows() * heads.queryColumns());
    var given =
        new CandidateAttentionKernel.Candidates(
            bench.bfloat16(candidates.values()),
            bench.integers(candidates.offsets()),
            seesItself == null ? null : bench.flags(seesItself),
            candidates.rows(),
            candidates.longest());
    var past =
        new CandidateAttentionKernel.History(
            bench.bfloat16(history.kept()),
            bench.integers(history.offsets()),
            history.rows(),
            history.segments());
    CandidateAttentionKernel kernel = new CandidateAttentionKernel(bench.library(), heads);
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), out, given, past),
        Output.of(
            "out",
            Format.BFLOAT16,
            out,
            HistoryAttentionCases.tolerance(heads),
            () -> expected(candidates, history, seesItself)),
        work(candidates, history));
  }

  private static float[] expected(
      FusedRows candidates, FusedRows history, boolean @Nullable [] seesItself) {
    boolean[] flags = new boolean[candidates.rows()];
    Arrays.fill(flags, true);
    float[] expected = new float[candidates.rows() * candidates.heads().queryColumns()];
    CandidateAttentionReference.apply(
        expected,
        new CandidateAttentionReference.Candidates(
            candidates.queries(), candidates.keyValues(), seesItself == null ? flags : seesItself),
        history.keyValues(),
        candidates.shape());
    return expected;
  }

  /**
   * The minimal work: histories of requests without candidates are not read; own keys need no
   * tensor cores.
   */
  private static Work work(FusedRows candidates, FusedRows history) {
    AttentionHeads heads = candidates.heads();
    long seen = 0;
    long read = 0;
    for (int request = 0; request < candidates.segments(); request++) {
      int rows = candidates.offsets()[request + 1] - candidates.offsets()[request];
      int past = history.offsets()[request + 1] - history.offsets()[request];
      seen += (long) rows * past;
      read += rows == 0 ? 0 : heads.keptElements(past);
    }
    long rows = (long) candidates.rows() * heads.queryColumns();
    return Work.moving(2 * (2 * rows + read))
        .withTensorFlops(4 * seen * heads.queryColumns())
        .withSpecials(2 * seen * heads.queryHeads());
  }
}
