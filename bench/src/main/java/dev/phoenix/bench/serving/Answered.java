package dev.phoenix.bench.serving;

import dev.phoenix.load.LoadSamples;
import dev.phoenix.load.Outcome;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What the samples of a load say. Latencies are milliseconds. */
record Answered(LoadSamples samples) {
  int total() {
    return samples.count();
  }

  int count(Outcome outcome) {
    return samples.counts().getOrDefault(outcome, 0);
  }

  /** A percentile of the latency of requests that ended so; NaN where none did. */
  double percentile(double percentile, Outcome outcome) {
    return Latency.millis(samples.latencies(outcome), percentile);
  }

  /** A percentile of the latency of all that were not refused, whether or not in time. */
  double accepted(double percentile) {
    Histogram all = samples.latencies(Outcome.GOOD);
    all.add(samples.latencies(Outcome.LATE));
    return Latency.millis(all, percentile);
  }

  /** A percentile of how late requests started. */
  double lag(double percentile) {
    return Latency.millis(samples.lags(), percentile);
  }

  /** Requests that were neither answered, nor late, nor refused for want of room. */
  int failures() {
    return samples.counts().entrySet().stream()
        .filter(
            each ->
                switch (each.getKey()) {
                  case GOOD, LATE, REJECTED -> false;
                  case UNAVAILABLE, INVALID, FAILED, LOST -> true;
                })
        .mapToInt(Map.Entry::getValue)
        .sum();
  }
}
