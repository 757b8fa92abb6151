package dev.phoenix.bench;

import dev.phoenix.scoring.Preset;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Scores and orders 200 candidates by a preset. */
@State(Scope.Benchmark)
public class ScoringBenchmark extends ComparisonBenchmark {
  @Param({"PUBLISHED", "PRODUCTION"})
  private Preset preset = Preset.PUBLISHED;

  @Param({"30", "200"})
  private int shown;

  @Override
  Comparison create(int threads) {
    return new ScoringComparison(preset, shown, threads);
  }
}
