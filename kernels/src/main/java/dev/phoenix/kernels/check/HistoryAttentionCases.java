package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AttentionHeads;
import dev.phoenix.kernels.HistoryAttentionKernel;
import dev.phoenix.kernels.reference.HistoryAttentionReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Cases of {@code history_attention}. */
public final class HistoryAttentionCases {
  private static final float MULTIPLIER = 0.125f;

  private HistoryAttentionCases() {}

  /** Whether keys and values are cached for candidates. */
  public enum Keeping {
    /** The kernel writes the cache. */
    KEPT,
    /** No candidates follow. */
    NOT_KEPT
  }

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    AttentionHeads small = new AttentionHeads(2, 1, 32, MULTIPLIER);
    cases.add(of(small, Keeping.KEPT, 1, 31, 0, 32, 33, 0));
    cases.add(of(small, Keeping.KEPT, 63, 64, 65, 129));
    cases.add(of(small, Keeping.KEPT, 0));
    for (int headSize : new int[] {2, 30, 40, 64, 66, 128, 256}) {
      cases.add(of(new AttentionHeads(3, 3, headSize, MULTIPLIER), Keeping.KEPT, 5, 70));
    }
    cases.add(of(new AttentionHeads(6, 2, 64, MULTIPLIER), Keeping.KEPT, 65, 3));
    // Several tiles of queries and keys, with lengths at and next to multiples of the tile size.
    AttentionHeads wide = new AttentionHeads(4, 2, 128, MULTIPLIER / 2);
    for (Keeping keeping : Keeping.values()) {
      cases.add(of(wide, keeping, 127, 128, 129, 300));
    }
    for (float[] logits : new float[][] {{100, 50}, {-60, -100}, {24, 22}, {0.5f, -0.5f}}) {
      cases.add(capped(logits[0], logits[1]));
    }
    // Every weight is e^30 or e^-30, and their sums are still finite.
    cases.add(of(new AttentionHeads(1, 1, 32, 1000), Keeping.KEPT, 100));
    return cases;
  }

  /** Random segments of these lengths. */
  public static KernelCase of(AttentionHeads heads, Keeping keeping, int... lengths) {
    String name =
        "%s rows, %s%s"
            .formatted(name(lengths), name(heads), keeping == Keeping.KEPT ? "" : ", nothing kept");
    return KernelCase.of(
        "history_attention",
        name,
        (bench, numbers) ->
            prepare(bench, FusedRows.random(numbers, heads, lengths), keeping, tolerance(heads)));
  }

  static String name(int[] lengths) {
    boolean same = Arrays.stream(lengths).distinct().count() == 1 && lengths.length > 1;
    return same
        ? lengths.length + " x " + lengths[0]
        : Arrays.stream(lengths).mapToObj(Integer::toString).collect(Collectors.joining("+"));
  }

  static String name(AttentionHeads heads) {
    return "%d/%d heads of %d%s"
        .formatted(
            heads.queryHeads(),
            heads.keyHeads(),
            heads.headSize(),
            heads.multiplier() > 1 ? ", saturated" : "");
  }

  /** The tolerance for normal vectors, whose largest |q·k| is about 4 sqrt(K). */
  static Output.Allowance tolerance(AttentionHeads heads) {
    double logit = Math.min(30, 4 * Math.sqrt(heads.headSize()) * heads.multiplier());
    return new AttentionTolerance(logit);
  }

  /**
   * Two keys whose logits are capped. With values 1 and 0 the output is the first key's probability
   * p. Its error is p (1 - p) times the error of the logits' difference (2 * 30 * 2^-11), plus a
   * rounding of the weights and one of the result.
   */
  private static KernelCase capped(float first, float second) {
    // queries | keys | values of two rows; the second row's query is (1, 0).
    float[] values = {0, 0, first, 0, 1, 1, 1, 0, second, 0, 0, 0};
    FusedRows rows = new FusedRows(new AttentionHeads(1, 1, 2, 1), values, FusedRows.offsets(2));
    return KernelCase.of(
        "history_attention",
        "logits " + first + " and " + second,
        (bench, numbers) ->
            prepare(
                bench,
                rows,
                Keeping.KEPT,
                expected -> {
                  double share = expected[2];
                  double bound = share * (1 - share) * 60 * 0x1p-11 + 2 * Bfloat16.EPSILON * share;
                  return new Tolerance(bound, 0);
                }));
  }

  /** Prepares these rows on a device. */
  static PreparedCase prepare(
      Workbench bench, FusedRows rows, Keeping keeping, Output.Allowance allowance) {
    AttentionHeads heads = rows.heads();
    DeviceMemory out = bench.empty(ElementType.BF16, (long) rows.rows() * heads.queryColumns());
    List<Output> outputs = new ArrayList<>();
    outputs.add(Output.of("out", Format.BFLOAT16, out, allowance, () -> expected(rows)));
    DeviceMemory kept = null;
    if (keeping == Keeping.KEPT) {
      kept = bench.empty(ElementType.BF16, heads.keptElements(rows.rows()));
      outputs.add(Output.of("kept", Format.BFLOAT16, kept, Tolerance.EXACT, rows::kept));
    }
    DeviceMemory chosen = kept;
    var batch =
        new HistoryAttentionKernel.Batch(
            bench.bfloat16(rows.values()),
            bench.integers(rows.offsets()),
            rows.rows(),
            rows.segments(),
            rows.longest());
    HistoryAttentionKernel kernel = new HistoryAttentionKernel(bench.library(), heads);
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), out, chosen, batch), outputs, work(rows, keeping));
  }

  private static float[] expected(FusedRows rows) {
    float[] expected = new float[rows.rows() * rows.heads().queryColumns()];
    HistoryAttentionReference.apply(expected, rows.queries(), rows.keyValues(), rows.shape());
    return expected;
  }

  private static Work work(FusedRows rows, Keeping keeping) {
    AttentionHeads heads = rows.heads();
    long seen = 0;
    for (int segment = 0; segment < rows.segments(); segment++) {
      int length = rows.offsets()[segment + 1] - rows.offsets()[segment];
      seen += length * (length + 1L) / 2;
    }
    long elements = rows.values().length + (long) rows.rows() * heads.queryColumns();
    long kept = keeping == Keeping.KEPT ? heads.keptElements(rows.rows()) : 0;
    return Work.moving(2 * (elements + kept))
        .withTensorFlops(4 * seen * heads.queryColumns())
        .withSpecials(2 * seen * heads.queryHeads());
  }
}
