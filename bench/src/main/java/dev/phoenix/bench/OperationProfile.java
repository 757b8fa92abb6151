package dev.phoenix.bench;

import dev.phoenix.bench.report.Timing;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The time of a forward pass by operation: the median time of every operation and its calls. */
final class OperationProfile {
  private final Map<String, Samples> operations = new LinkedHashMap<>();
  private int passes;

  /** All calls of one kind of operation. */
  private static final class Samples {
    final List<Double> micros = new ArrayList<>();
    double flops;
  }

  /** The profile of ranking one request of the demo's size and a longer one. */
  static String ofRanking(int threads, Rounds.Plan plan) {
    StringBuilder text = new StringBuilder();
    for (var size :
        List.of(
            new RandomBatch.Size(1, 64),
            new RandomBatch.Size(1, 200),
            new RandomBatch.Size(32, 64))) {
      text.append(
          "%d request(s) of %d candidates, %d threads%n"
              .formatted(size.requests(), size.candidates(), threads));
      text.append(ofRanking(size, threads, plan)).append("\n");
    }
    return text.toString();
  }

  private static String ofRanking(RandomBatch.Size size, int threads, Rounds.Plan plan) {
    OperationProfile profile = new OperationProfile();
    try (Ops ops = TimedOps.of(CpuOps.create(Precision.FLOAT32, threads), profile);
        Ranker ranker = Ranker.load(ops, RepositoryFiles.published("ranker"))) {
      RandomBatch batch = RandomBatch.create(ranker.config(), size, 1);
      RankerOutput output = ranker.output();
      var histories = batch.histories();
      var candidates = batch.candidateLists();
      long warm = System.nanoTime() + plan.warmUp().toNanos();
      long end = warm + plan.turn().toNanos() * plan.rounds();
      boolean warming = true;
      while (System.nanoTime() - end < 0) {
        if (warming && System.nanoTime() - warm >= 0) {
          profile.clear();
          warming = false;
        }
        ranker.rank(output, histories, candidates);
        profile.passes++;
      }
    }
    return profile.toString();
  }

  private void clear() {
    operations.clear();
    passes = 0;
  }

  /** Records one call. */
  void add(String operation, long nanos, double flops) {
    Samples samples = operations.computeIfAbsent(operation, name -> new Samples());
    samples.micros.add(nanos * 1e-3);
    samples.flops = flops;
  }

  /** One line per operation, the most expensive first. */
  @Override
  public String toString() {
    record Line(String name, double calls, double micros, double flops) {
      double total() {
        return calls * micros;
      }
    }
    List<Line> lines = new ArrayList<>();
    operations.forEach(
        (name, samples) ->
            lines.add(
                new Line(
                    name,
                    (double) samples.micros.size() / Math.max(1, passes),
                    Timing.quantile(samples.micros, 0.5),
                    samples.flops)));
    lines.sort((a, b) -> Double.compare(b.total(), a.total()));
    double whole = lines.stream().mapToDouble(Line::total).sum();
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      String speed =
          line.flops() > 0 ? "%7.1f GFLOP/s".formatted(line.flops() / line.micros() * 1e-3) : "";
      text.append(
          "%-40s %5.1f x %8.2f us = %8.1f us %5.1f%% %s%n"
              .formatted(
                  line.name(),
                  line.calls(),
                  line.micros(),
                  line.total(),
                  100 * line.total() / whole,
                  speed));
    }
    return text.append("%-40s %29.1f us%n".formatted("sum of medians", whole)).toString();
  }
}
