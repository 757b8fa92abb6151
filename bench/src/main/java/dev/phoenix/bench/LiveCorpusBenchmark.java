package dev.phoenix.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Searches a corpus with added segments; the peer scans one file of the same posts. */
@State(Scope.Benchmark)
public class LiveCorpusBenchmark extends PeerBenchmark {
  /** Creates the benchmark; JMH calls this. */
  public LiveCorpusBenchmark() {}

  @Override
  Comparison create(int threads) {
    return new LiveCorpusComparison(TopKComparison.POSTS, threads);
  }
}
