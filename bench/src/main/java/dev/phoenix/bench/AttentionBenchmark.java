package dev.phoenix.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Attention of one history. */
@State(Scope.Benchmark)
public class AttentionBenchmark extends ComparisonBenchmark {
  @Override
  Comparison create(int threads) {
    return new AttentionComparison(threads);
  }
}
