package dev.phoenix.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The search of a corpus that has grown beside one scan of a corpus of the same posts. */
@State(Scope.Benchmark)
public class LiveCorpusBenchmark extends PeerBenchmark {
  /** For the runner. */
  public LiveCorpusBenchmark() {}

  @Override
  Comparison create(int threads) {
    return new LiveCorpusComparison(TopKComparison.POSTS, threads);
  }
}
