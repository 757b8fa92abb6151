package dev.phoenix.bench;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The products of the model beside OpenBLAS. */
@State(Scope.Benchmark)
public class MatmulBenchmark extends PeerBenchmark {
  @Param({"0", "1", "2", "3", "4", "5"})
  private int product;

  @Override
  Comparison create(int threads) {
    return new MatmulComparison(MatmulComparison.Product.ofTheModel().get(product), threads);
  }
}
