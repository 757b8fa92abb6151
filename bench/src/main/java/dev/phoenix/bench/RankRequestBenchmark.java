package dev.phoenix.bench;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Ranks one request, history included; the peer is ONNX Runtime. */
@State(Scope.Benchmark)
public class RankRequestBenchmark extends PeerBenchmark {
  @Param({"64", "200"})
  private int candidates;

  @Override
  Comparison create(int threads) {
    return candidates == 64 ? RankComparison.request(threads) : RankComparison.longRequest(threads);
  }
}
