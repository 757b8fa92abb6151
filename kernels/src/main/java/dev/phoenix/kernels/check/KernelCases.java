package dev.phoenix.kernels.check;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** All cases of all kernels. A new kernel adds its class here. */
public final class KernelCases {
  private static final List<KernelCase> ALL =
      Stream.of(
              ActionHeadsCases.all(),
              ActionLossCases.all(),
              ActivationBackwardCases.all(),
              ActivationCases.all(),
              AddCases.all(),
              AddRmsNormBackwardCases.all(),
              AddRmsNormCases.all(),
              CandidateAttentionBackwardCases.all(),
              CandidateAttentionCases.all(),
              CandidateFeaturesCases.all(),
              ClearTailCases.all(),
              ColumnSumCases.all(),
              ConvertCases.all(),
              DropoutCases.all(),
              EmbeddingAddCases.all(),
              EmbeddingGatherBackwardCases.all(),
              EmbeddingGatherCases.all(),
              GatherKeyValuesCases.all(),
              GatherRowsCases.all(),
              GegluBackwardCases.all(),
              GegluCases.all(),
              HistoryAttentionBackwardCases.all(),
              HistoryAttentionCases.all(),
              HistoryFeaturesCases.all(),
              KeepKeyValuesCases.all(),
              L2NormalizeBackwardCases.all(),
              L2NormalizeCases.all(),
              MeanPoolCases.all(),
              OptimizerCases.all(),
              PrefixMeansCases.all(),
              RmsNormBackwardCases.all(),
              RmsNormCases.all(),
              RopeBackwardCases.all(),
              RopeCases.all(),
              SampledSoftmaxCases.all(),
              ScatterRowsCases.all(),
              TopKCases.all())
          .flatMap(List::stream)
          .toList();

  private static final Map<String, List<KernelCase>> BY_KERNEL = byKernel();

  private KernelCases() {}

  private static Map<String, List<KernelCase>> byKernel() {
    Map<String, List<KernelCase>> cases = new LinkedHashMap<>();
    for (KernelCase one : ALL) {
      for (String kernel : one.kernels()) {
        cases.merge(kernel, List.of(one), (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
      }
    }
    return cases;
  }

  /** Every case, kernel by kernel. */
  public static List<KernelCase> all() {
    return ALL;
  }

  /** The kernels that have cases: the names of their sources. */
  public static Set<String> kernels() {
    return java.util.Collections.unmodifiableSet(BY_KERNEL.keySet());
  }

  /**
   * The cases of a kernel.
   *
   * @param kernel the name of its source, e.g. {@code rms_norm}
   * @throws IllegalArgumentException when there is no such kernel; the message lists the known ones
   */
  public static List<KernelCase> of(String kernel) {
    List<KernelCase> cases = BY_KERNEL.get(kernel);
    if (cases == null) {
      throw new IllegalArgumentException(
          "kernel: expected one of %s, found '%s'"
              .formatted(String.join(", ", BY_KERNEL.keySet()), kernel));
    }
    return cases;
  }
}
