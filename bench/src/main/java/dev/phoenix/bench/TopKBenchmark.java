package dev.phoenix.bench;

import dev.phoenix.ops.Precision;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Searches a corpus for one user; the peer reads that corpus. */
@State(Scope.Benchmark)
public class TopKBenchmark extends PeerBenchmark {
  @Param({"FLOAT32", "BFLOAT16"})
  private Precision held = Precision.FLOAT32;

  @Override
  Comparison create(int threads) {
    return new TopKComparison(held, TopKComparison.POSTS, threads);
  }
}
