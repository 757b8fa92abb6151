package dev.phoenix.bench;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Posts through the candidate tower, 4096 at a time. */
@State(Scope.Benchmark)
public class CorpusEncodingBenchmark extends ComparisonBenchmark {
  @Param({"false", "true"})
  private boolean tables;

  @Override
  Comparison create(int threads) {
    int posts = Suite.Sizes.published().encoded();
    return tables
        ? CorpusEncodingComparison.fromTables(posts, threads)
        : CorpusEncodingComparison.lookedUp(posts, threads);
  }
}
