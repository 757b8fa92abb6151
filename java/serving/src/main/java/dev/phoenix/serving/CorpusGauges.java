package dev.phoenix.serving;

import dev.phoenix.corpus.CorpusStatistics;
import java.util.function.DoubleSupplier;
import java.util.function.ToLongFunction;

/** Gauges summed over all corpora of the current model; 0 before the first is loaded. */
record CorpusGauges(ModelStore models) {
  void register(EngineMetrics metrics) {
    metrics.watch("phoenix_corpus_posts", "Posts that can be found", of(CorpusStatistics::posts));
    metrics.watch(
        "phoenix_corpus_segments", "Segments that a search scans", of(CorpusStatistics::segments));
    metrics.watch(
        "phoenix_corpus_loose_rows", "Rows to be compacted", of(CorpusStatistics::looseRows));
    metrics.watch("phoenix_corpus_log_bytes", "Bytes of the logs", of(CorpusStatistics::logBytes));
    metrics.watch(
        "phoenix_corpus_failed_compactions",
        "Compactions that failed",
        of(CorpusStatistics::failedCompactions));
    DoubleSupplier refusing = of(figures -> figures.refusal() == null ? 0 : 1);
    metrics.watch(
        "phoenix_corpus_accepts_changes",
        "0 while a corpus refuses changes",
        () -> refusing.getAsDouble() > 0 ? 0 : 1);
  }

  private DoubleSupplier of(ToLongFunction<CorpusStatistics> figure) {
    return () -> {
      ModelVersion version = models.acquire();
      if (version == null) {
        return 0;
      }
      try {
        return version.corpora().all().stream()
            .mapToLong(corpus -> figure.applyAsLong(corpus.statistics()))
            .sum();
      } finally {
        models.release(version);
      }
    };
  }
}
