package dev.phoenix.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a run has shown. Milliseconds, requests and requests a second.
 *
 * @param target what load was put on
 * @param firstRate requests a second that were offered at the beginning
 * @param lastRate and at the end
 * @param seconds of the measurement
 * @param deadlineMillis of every request
 * @param seed of times and requests
 * @param requests measured
 * @param outcomes requests by how they ended
 * @param goodput requests a second that were answered before their deadlines
 * @param latency of these, from when they were to start
 * @param rejectLatency of those that were refused
 * @param generatorLag how late requests started; where this is not small against the latencies, the
 *     generator's machine was too slow for the rate
 * @param server what the server counted meanwhile; null where its metrics were not read
 * @param intervals the course of it
 */
public record LoadReport(
    String target,
    double firstRate,
    double lastRate,
    double seconds,
    double deadlineMillis,
    long seed,
    int requests,
    Map<String, Integer> outcomes,
    double goodput,
    Percentiles latency,
    Percentiles rejectLatency,
    Percentiles generatorLag,
    @Nullable ServerCounts server,
    List<Interval> intervals) {
  private static final double NANOS = 1e9;

  /** Percentiles in milliseconds; all 0 where there is nothing to take them of. */
  public record Percentiles(
      long count, double p50, double p90, double p99, double p999, double most) {
    static Percentiles of(Histogram nanos) {
      return new Percentiles(
          nanos.getTotalCount(),
          millis(nanos, 50),
          millis(nanos, 90),
          millis(nanos, 99),
          millis(nanos, 99.9),
          millis(nanos, 100));
    }

    private static double millis(Histogram nanos, double percentile) {
      return nanos.getTotalCount() == 0 ? 0 : nanos.getValueAtPercentile(percentile) / 1e6;
    }
  }

  /** A part of the run: rates in requests a second, latency of those answered in time. */
  public record Interval(
      double second,
      double offered,
      double good,
      double rejected,
      double late,
      Percentiles latency) {
    static Interval of(LoadSamples samples, double second, double width) {
      Map<Outcome, Integer> counts = samples.counts();
      return new Interval(
          second,
          samples.count() / width,
          counts.getOrDefault(Outcome.GOOD, 0) / width,
          counts.getOrDefault(Outcome.REJECTED, 0) / width,
          counts.getOrDefault(Outcome.LATE, 0) / width,
          Percentiles.of(samples.latencies(Outcome.GOOD)));
    }
  }

  /**
   * What the server's metrics say has happened between two readings.
   *
   * @param batches batches
   * @param meanBatchSize requests of a batch
   * @param batchSizes batches by the upper bound of their size
   * @param rejected requests that it refused
   * @param tokensProcessed rows computed
   * @param tokensPadded rows computed for nobody
   */
  public record ServerCounts(
      long batches,
      double meanBatchSize,
      Map<String, Long> batchSizes,
      long rejected,
      long tokensProcessed,
      long tokensPadded) {
    /** The difference of two readings. */
    public static ServerCounts between(MetricsPage before, MetricsPage after) {
      Map<String, Long> sizes = new LinkedHashMap<>();
      SequencedMap<Double, Double> earlier = before.buckets("phoenix_batch_size");
      double smaller = 0;
      for (Map.Entry<Double, Double> bucket : after.buckets("phoenix_batch_size").entrySet()) {
        double upTo = bucket.getValue() - earlier.getOrDefault(bucket.getKey(), 0.0);
        if (upTo > smaller) {
          sizes.put(bound(bucket.getKey()), Math.round(upTo - smaller));
        }
        smaller = Math.max(smaller, upTo);
      }
      long batches = difference(before, after, "phoenix_batch_size_count");
      double batched = after.sum("phoenix_batch_size_sum") - before.sum("phoenix_batch_size_sum");
      return new ServerCounts(
          batches,
          batches == 0 ? 0 : batched / batches,
          sizes,
          difference(before, after, "recsys_engine_num_requests_rejected"),
          difference(before, after, "recsys_engine_tokens_processed_total"),
          difference(before, after, "recsys_engine_tokens_padded_total"));
    }

    private static String bound(double bound) {
      return Double.isInfinite(bound) ? "more" : Long.toString(Math.round(bound));
    }

    /** Counters are written with or without the ending that the format asks for. */
    private static long difference(MetricsPage before, MetricsPage after, String name) {
      String other = name.endsWith("_total") ? name : name + "_total";
      double difference = after.sum(name) - before.sum(name);
      if (!other.equals(name)) {
        difference += after.sum(other) - before.sum(other);
      }
      return Math.round(difference);
    }
  }

  /** The report of a run. */
  public static LoadReport of(
      String target, LoadPlan plan, LoadSamples samples, @Nullable ServerCounts server) {
    double seconds = LoadPlan.seconds(plan.duration());
    Map<String, Integer> outcomes = new LinkedHashMap<>();
    samples.counts().forEach((outcome, count) -> outcomes.put(outcome.label(), count));
    return new LoadReport(
        target,
        plan.firstRate(),
        plan.lastRate(),
        seconds,
        LoadPlan.seconds(plan.deadline()) * 1000,
        plan.seed(),
        samples.count(),
        outcomes,
        samples.counts().getOrDefault(Outcome.GOOD, 0) / seconds,
        Percentiles.of(samples.latencies(Outcome.GOOD)),
        Percentiles.of(samples.latencies(Outcome.REJECTED)),
        Percentiles.of(samples.lags()),
        server,
        intervals(samples, seconds));
  }

  /** A hundred of them, but none shorter than a second. */
  private static List<Interval> intervals(LoadSamples samples, double seconds) {
    double width = Math.min(seconds, Math.max(1, Math.ceil(seconds / 100)));
    List<Interval> intervals = new ArrayList<>();
    for (double from = 0; from + width <= seconds + 1e-9; from += width) {
      LoadSamples part = samples.between((long) (from * NANOS), (long) ((from + width) * NANOS));
      intervals.add(Interval.of(part, from, width));
    }
    return intervals;
  }
}
