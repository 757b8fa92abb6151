package dev.phoenix.bench;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Scores candidates against a kept history. */
@State(Scope.Benchmark)
public class KeptHistoryBenchmark extends ComparisonBenchmark {
  @Param({"64", "200"})
  private int candidates;

  @Override
  Comparison create(int threads) {
    return new KeptHistoryComparison(candidates, threads);
  }
}
