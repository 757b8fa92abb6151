package dev.phoenix.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** RMSNorm of the rows of one history. */
@State(Scope.Benchmark)
public class NormBenchmark extends ComparisonBenchmark {
  @Override
  Comparison create(int threads) {
    return new NormComparison(threads);
  }
}
