package dev.phoenix.bench;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Ranks 32 requests in a batch; the peer is ONNX Runtime. */
@State(Scope.Benchmark)
public class RankBatchBenchmark extends PeerBenchmark {
  @Override
  Comparison create(int threads) {
    return RankComparison.batch(Suite.Sizes.published().batch(), threads);
  }
}
