package dev.phoenix.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The results of a run.
 *
 * @param target the name of the target
 * @param firstRate requests a second offered at the beginning
 * @param lastRate requests a second offered at the end
 * @param seconds the duration of the measurement
 * @param deadlineMillis the deadline of every request
 * @param seed the seed of times and requests
 * @param requests the number of measured requests
 * @param outcomes requests by how they ended
 * @param goodput requests a second that were answered before their deadlines
 * @param latency the latency of the requests in {@code goodput}, from their scheduled start
 * @param rejectLatency the latency of rejected requests
 * @param generatorLag how late requests started; if this is not small compared with the latencies,
 *     the generator's machine was too slow for the rate
 * @param server the server's counts during the measurement; null if its metrics were not read
 * @param intervals the measurement cut into intervals
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

  /** Percentiles in milliseconds; all 0 for no requests. */
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

  /** An interval: rates in requests a second, latency of requests answered in time. */
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
   * The changes of the server's metrics between two readings.
   *
   * @param batches number of batches
   * @param meanBatchSize mean number of requests in a batch
   * @param batchSizes number of batches by the upper bound of their size
   * @param rejected number of rejected requests
   * @param tokensProcessed number of rows computed
   * @param tokensPadded number of padding rows computed
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

    /** The difference of a counter, whose name may lack the suffix {@code _total}. */
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

  /** About a hundred intervals, none shorter than a second. */
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
