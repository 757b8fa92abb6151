package dev.phoenix.bench.serving;

import dev.phoenix.bench.report.Figure;
import dev.phoenix.load.LoadPlan;
import dev.phoenix.load.LoadRun;
import dev.phoenix.load.LoadSamples;
import dev.phoenix.load.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import xai.recsys.v1.RecsysPredictorGrpc;

/**
 * Loads a server with twice its capacity, and checks latencies, goodput and memory. The capacity is
 * measured before and after, because a machine's speed drifts.
 */
final class Overload {
  /** The engine's default deadline, which callers also send. */
  private static final Duration DEADLINE = Duration.ofMillis(1200);

  private static final int POOL = 2048;
  private static final int CANDIDATES = 64;
  private static final int HISTORY = 127;
  private static final int PARTS = 10;

  /** The time after the drop from which latencies must be normal. */
  private static final Duration RECOVERY = Duration.ofSeconds(2);

  /** Rates relative to a first estimate, among which the highest goodput is searched. */
  private static final double[] STEPS = {0.8, 0.9, 1.0, 1.15, 1.3};

  private final Duration step;
  private final Duration calm;
  private final Duration over;

  Overload(boolean quick) {
    this.step = Duration.ofSeconds(quick ? 4 : 12);
    this.calm = Duration.ofSeconds(quick ? 8 : 30);
    this.over = Duration.ofSeconds(quick ? 20 : 300);
  }

  Findings run(ServerWorkspace workspace) throws Exception {
    ServerProcess server =
        workspace.server("overload", workspace.published("published"), ServerProcess.forFullLoad());
    server.awaitReady();
    try (LeanTarget target =
        LeanTarget.connect(
            server.socketAddress(),
            RecsysPredictorGrpc.getPredictNextActionsMethod(),
            new RankRequests(POOL, HISTORY, CANDIDATES).messages())) {
      // The first loop warms up the server's compiled code.
      ClosedLoop.rate(target, 64, step);
      double estimate = ClosedLoop.rate(target, 64, step);
      double peak = peak(target, estimate);
      double calmRate = peak / 3;
      LoadSamples before = LoadRun.of(plan(calmRate, calm), target, () -> {});
      return new Findings(
          "%s s at twice the capacity, ranking %d candidates after %d engagements, D 128, 4 layers, deadline %d ms"
              .formatted(over.toSeconds(), CANDIDATES, HISTORY, DEADLINE.toMillis()),
          overload(server, target, new Normal(peak, calmRate, new Answered(before))));
    }
  }

  /** The highest goodput among rates around an estimate. */
  private double peak(LeanTarget target, double estimate) throws InterruptedException {
    double peak = 0;
    for (double share : STEPS) {
      LoadSamples samples = LoadRun.of(plan(share * estimate, step), target, () -> {});
      peak = Math.max(peak, goodput(samples, step));
    }
    return peak;
  }

  /** The measurements before the overload. */
  private record Normal(double peak, double calmRate, Answered calm) {}

  private static LoadPlan plan(double rate, Duration duration) {
    return new LoadPlan(rate, rate, duration, Duration.ZERO, DEADLINE, 42);
  }

  private static double goodput(LoadSamples samples, Duration duration) {
    return samples.counts().getOrDefault(Outcome.GOOD, 0) / (double) duration.toSeconds();
  }

  private List<Figure> overload(ServerProcess server, LeanTarget target, Normal normal)
      throws Exception {
    List<Double> memory = Collections.synchronizedList(new ArrayList<>());
    long before = server.count("nv_inference_count");
    LoadSamples over;
    LoadSamples calmAgain;
    try (ScheduledExecutorService threads = Executors.newScheduledThreadPool(2)) {
      var sampling =
          threads.scheduleAtFixedRate(
              () -> memory.add(resident(server)), 0, 500, TimeUnit.MILLISECONDS);
      LoadPlan next = plan(normal.calmRate(), calm.plus(RECOVERY));
      Future<LoadSamples> after =
          threads.schedule(
              () -> LoadRun.of(next, target, () -> {}), this.over.toNanos(), TimeUnit.NANOSECONDS);
      over = LoadRun.of(plan(2 * normal.peak(), this.over), target, () -> {});
      calmAgain = after.get();
      sampling.cancel(true);
      threads.shutdownNow();
    }
    long computed = server.count("nv_inference_count") - before;
    double peakAfter = peak(target, normal.peak());
    return figures(normal, new After(over, calmAgain, computed, memory, peakAfter));
  }

  /** The measurements during and after the overload. */
  private record After(
      LoadSamples over, LoadSamples calm, long computed, List<Double> memory, double peak) {
    /** The share of the computed requests that were not among those answered, in percent. */
    double wasted(int answered) {
      return 100.0 * (computed - answered) / computed;
    }
  }

  private static double resident(ServerProcess server) {
    try {
      return server.residentBytes();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  private List<Figure> figures(Normal normal, After after) {
    Answered overloaded = new Answered(after.over());
    Answered all = new Answered(after.calm());
    Answered recovered =
        new Answered(after.calm().between(RECOVERY.toNanos(), calm.plus(RECOVERY).toNanos()));
    double goodput = goodput(after.over(), over);
    double peak = (normal.peak() + after.peak()) / 2;
    List<Double> parts = goodputs(after.over());
    int answered = overloaded.count(Outcome.GOOD) + all.count(Outcome.GOOD);
    double normalP99 = normal.calm().percentile(99, Outcome.GOOD);
    return List.of(
        Figure.of("most goodput of a ramp, before", normal.peak(), "requests/s"),
        Figure.of("most goodput of a ramp, after", after.peak(), "requests/s"),
        Figure.of("offered", 2 * normal.peak(), "requests/s"),
        Figure.of("generator's own lag p99", overloaded.lag(99), "ms"),
        Figure.of("goodput, slowest tenth of the time", Collections.min(parts), "requests/s"),
        Figure.of("goodput, fastest tenth of the time", Collections.max(parts), "requests/s"),
        Figure.atLeast("goodput, of the most", 100 * goodput / peak, "%", 90),
        Figure.atMost(
            "p99 of accepted requests",
            overloaded.accepted(99),
            "ms",
            (double) DEADLINE.toMillis()),
        Figure.of("rejects answered p50", overloaded.percentile(50, Outcome.REJECTED), "ms"),
        Figure.atMost(
            "rejects answered p99", overloaded.percentile(99, Outcome.REJECTED), "ms", 10),
        Figure.atMost("computed for requests that had expired", after.wasted(answered), "%", 1),
        Figure.exactly("requests that failed or got lost", overloaded.failures(), 0),
        Figure.atMost("growth of memory under overload", flatness(after.memory()), "%", 1),
        Figure.of("p99 at a third of the capacity, before", normalP99, "ms"),
        Figure.atMost(
            "p99 at a third of the capacity, from 2 s after the drop",
            recovered.percentile(99, Outcome.GOOD),
            "ms",
            Math.max(1.5 * normalP99, normalP99 + 5)),
        Figure.exactly(
            "requests after the drop not answered in time",
            recovered.total() - recovered.count(Outcome.GOOD),
            0));
  }

  /** The goodput of each tenth of the overload. */
  private List<Double> goodputs(LoadSamples samples) {
    Duration part = over.dividedBy(PARTS);
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < PARTS; i++) {
      long from = part.multipliedBy(i).toNanos();
      all.add(goodput(samples.between(from, from + part.toNanos()), part));
    }
    return all;
  }

  /** Percent by which the last fifth of the samples is above the second, on average. */
  static double flatness(List<Double> samples) {
    int fifth = samples.size() / 5;
    return ProcessMemory.growth(
        mean(samples.subList(fifth, 2 * fifth)),
        mean(samples.subList(samples.size() - fifth, samples.size())));
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }
}
