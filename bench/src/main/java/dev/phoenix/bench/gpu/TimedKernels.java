package dev.phoenix.bench.gpu;

import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.ActivationBackwardKernel;
import dev.phoenix.kernels.AttentionHeads;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.RowTypes;
import dev.phoenix.kernels.check.ActionHeadsCases;
import dev.phoenix.kernels.check.ActionLossCases;
import dev.phoenix.kernels.check.ActivationBackwardCases;
import dev.phoenix.kernels.check.ActivationCases;
import dev.phoenix.kernels.check.AddRmsNormBackwardCases;
import dev.phoenix.kernels.check.AddRmsNormCases;
import dev.phoenix.kernels.check.CandidateAttentionBackwardCases;
import dev.phoenix.kernels.check.CandidateAttentionCases;
import dev.phoenix.kernels.check.CandidateFeaturesCases;
import dev.phoenix.kernels.check.ClearTailCases;
import dev.phoenix.kernels.check.ColumnSumCases;
import dev.phoenix.kernels.check.ConvertCases;
import dev.phoenix.kernels.check.DropoutCases;
import dev.phoenix.kernels.check.EmbeddingAddCases;
import dev.phoenix.kernels.check.EmbeddingGatherBackwardCases;
import dev.phoenix.kernels.check.EmbeddingGatherCases;
import dev.phoenix.kernels.check.GatherKeyValuesCases;
import dev.phoenix.kernels.check.GegluBackwardCases;
import dev.phoenix.kernels.check.GegluCases;
import dev.phoenix.kernels.check.HistoryAttentionBackwardCases;
import dev.phoenix.kernels.check.HistoryAttentionCases;
import dev.phoenix.kernels.check.HistoryFeaturesCases;
import dev.phoenix.kernels.check.KeepKeyValuesCases;
import dev.phoenix.kernels.check.KernelCase;
import dev.phoenix.kernels.check.KernelCases;
import dev.phoenix.kernels.check.L2NormalizeBackwardCases;
import dev.phoenix.kernels.check.L2NormalizeCases;
import dev.phoenix.kernels.check.MeanPoolCases;
import dev.phoenix.kernels.check.RmsNormBackwardCases;
import dev.phoenix.kernels.check.RmsNormCases;
import dev.phoenix.kernels.check.RopeBackwardCases;
import dev.phoenix.kernels.check.RopeCases;
import dev.phoenix.kernels.check.SampledSoftmaxCases;
import dev.phoenix.kernels.check.ScatterRowsCases;
import dev.phoenix.kernels.reference.ContinuousLossReference;
import dev.phoenix.kernels.reference.RopeReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The sizes that kernels are timed at: rows of a batch of the production model. */
final class TimedKernels {
  private static final int ROWS = 4096;
  private static final int COLUMNS = 2560;
  private static final int FEED_FORWARD = 3416;
  private static final int ACTIONS = 27;
  private static final int VOCABULARY = 100_000;
  private static final float MULTIPLIER = 0.0884f;

  private static final int TRAINED_ROWS = 8192;
  private static final int TRAINED_COLUMNS = 128;
  private static final int TRAINED_FEED_FORWARD = 344;

  private TimedKernels() {}

  static List<KernelCase> ofTheModel() {
    AttentionHeads production = new AttentionHeads(20, 4, 128, MULTIPLIER);
    AttentionHeads mini = new AttentionHeads(4, 4, 32, MULTIPLIER);
    MatrixSize rows = new MatrixSize(ROWS, COLUMNS);
    int fused = production.fusedColumns();
    return List.of(
        HistoryAttentionCases.of(production, HistoryAttentionCases.Keeping.KEPT, each(2, 512)),
        HistoryAttentionCases.of(mini, HistoryAttentionCases.Keeping.KEPT, each(64, 128)),
        CandidateAttentionCases.of(
            production, each(4, 64), each(4, 1023), CandidateAttentionCases.Padding.NONE),
        CandidateAttentionCases.of(
            mini, each(32, 64), each(32, 128), CandidateAttentionCases.Padding.NONE),
        AddRmsNormCases.of(
            rows, new RowTypes(ElementType.F32, ElementType.BF16), AddRmsNormCases.End.NEXT_BLOCK),
        RmsNormCases.of(rows, new RowTypes(ElementType.F32, ElementType.BF16)),
        GegluCases.of(new MatrixSize(ROWS, FEED_FORWARD)),
        RopeCases.of(ROWS, new RopeReference.Shape(fused, 24, 128)),
        KeepKeyValuesCases.of(production, ROWS, KeepKeyValuesCases.Queries.BEFORE_KEYS),
        GatherKeyValuesCases.of(
            production, 2, GatherKeyValuesCases.Start.ALIGNED, each(8, ROWS / 8)),
        ActionHeadsCases.of(new MatrixSize(1024, COLUMNS), ACTIONS, ElementType.F32),
        EmbeddingGatherCases.of(new MatrixSize(ROWS, 128), VOCABULARY, ElementType.F32),
        EmbeddingAddCases.of(new MatrixSize(ROWS, COLUMNS), 2, ElementType.F32),
        ScatterRowsCases.of(rows, ElementType.F32, IntStream.range(0, ROWS).toArray()),
        ConvertCases.of(ROWS * COLUMNS),
        ActivationCases.gelu(ROWS * COLUMNS),
        ActivationCases.silu(ROWS * COLUMNS, ElementType.F32),
        ActivationCases.sigmoid(ROWS * COLUMNS),
        MeanPoolCases.of(COLUMNS, ElementType.F32, each(16, 512)),
        L2NormalizeCases.of(rows, ElementType.F32, ElementType.F32));
  }

  /** Cases of the training kernels: rows of 64 users of the mini release. */
  static List<KernelCase> ofTraining() {
    AttentionHeads mini = new AttentionHeads(4, 4, 32, MULTIPLIER);
    MatrixSize rows = new MatrixSize(TRAINED_ROWS, TRAINED_COLUMNS);
    int elements = TRAINED_ROWS * TRAINED_COLUMNS;
    List<KernelCase> cases = new ArrayList<>();
    cases.add(
        HistoryAttentionBackwardCases.of(
            mini, HistoryAttentionBackwardCases.Candidates.NONE, each(64, 128)));
    cases.add(CandidateAttentionBackwardCases.of(mini, each(32, 64), each(32, 128)));
    cases.add(RmsNormBackwardCases.of(rows, TRAINED_ROWS));
    cases.add(AddRmsNormBackwardCases.of(rows, ElementType.BF16));
    cases.add(ColumnSumCases.of(rows));
    cases.add(GegluBackwardCases.of(new MatrixSize(TRAINED_ROWS, TRAINED_FEED_FORWARD)));
    cases.add(RopeBackwardCases.of(TRAINED_ROWS, 32));
    cases.add(L2NormalizeBackwardCases.of(new MatrixSize(1024, TRAINED_COLUMNS)));
    cases.add(DropoutCases.of(rows, ElementType.F32));
    for (var activation : ActivationBackwardKernel.Activation.values()) {
      cases.add(ActivationBackwardCases.of(activation, elements));
    }
    cases.add(EmbeddingGatherBackwardCases.of(TRAINED_ROWS, TRAINED_COLUMNS));
    cases.add(ClearTailCases.of(rows, ElementType.F32, TRAINED_ROWS / 2));
    cases.add(SampledSoftmaxCases.of(64, 1088, -2.5f));
    cases.add(ActionLossCases.of(4096, 4096, ContinuousLossReference.Distance.MAE, 0.5f));
    cases.add(CandidateFeaturesCases.of(rows, ElementType.F32));
    cases.add(HistoryFeaturesCases.of(rows, 19, 64, ElementType.F32));
    // These have one small test size each, which shows the launch time rather than a rate.
    for (String small : List.of("gradient_norm", "add", "gather_rows", "prefix_means")) {
      cases.add(KernelCases.of(small).getLast());
    }
    return List.copyOf(cases);
  }

  /** The first non-empty small case of every kernel. */
  static List<KernelCase> rehearsal() {
    Map<String, KernelCase> first = new LinkedHashMap<>();
    for (KernelCase kernelCase : KernelCases.all()) {
      boolean hasRows =
          !kernelCase.name().startsWith("0")
              && !kernelCase.name().contains(" 0 ")
              && !kernelCase.name().contains("+0");
      if (hasRows) {
        first.putIfAbsent(kernelCase.kernel(), kernelCase);
      }
    }
    return List.copyOf(first.values());
  }

  private static int[] each(int count, int length) {
    int[] lengths = new int[count];
    Arrays.fill(lengths, length);
    return lengths;
  }
}
