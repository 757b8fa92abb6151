package dev.phoenix.bench;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Candidates of a user whose history is encoded already. */
@State(Scope.Benchmark)
public class KeptHistoryBenchmark extends ComparisonBenchmark {
  @Param({"64", "200"})
  private int candidates;

  @Override
  Comparison create(int threads) {
    return new KeptHistoryComparison(candidates, threads);
  }
}
