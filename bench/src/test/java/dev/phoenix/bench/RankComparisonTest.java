package dev.phoenix.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** This product and ONNX Runtime compute the same probabilities. */
class RankComparisonTest {
  static Stream<IntFunction<RankComparison>> comparisons() {
    return Stream.of(
        RankComparison::request,
        RankComparison::longRequest,
        threads -> RankComparison.batch(3, threads));
  }

  @ParameterizedTest
  @MethodSource("comparisons")
  void agreesWithThePeer(IntFunction<RankComparison> create) {
    try (RankComparison comparison = create.apply(2)) {
      String found = comparison.check();
      System.out.println(comparison.name() + ": " + found);
      assertTrue(found.startsWith("max |Δ probability|"), found);
    }
  }
}
