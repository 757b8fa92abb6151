package dev.phoenix.bench.serving;

import dev.phoenix.load.LoadSamples;
import dev.phoenix.load.Outcome;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Statistics of the samples of a load. Latencies are in milliseconds. */
record Answered(LoadSamples samples) {
  int total() {
    return samples.count();
  }

  int count(Outcome outcome) {
    return samples.counts().getOrDefault(outcome, 0);
  }

  /** A percentile of the latency of requests with {@code outcome}; NaN if there are none. */
  double percentile(double percentile, Outcome outcome) {
    return Latency.millis(samples.latencies(outcome), percentile);
  }

  /** A percentile of the latency of all accepted requests, in time or late. */
  double accepted(double percentile) {
    Histogram all = samples.latencies(Outcome.GOOD);
    all.add(samples.latencies(Outcome.LATE));
    return Latency.millis(all, percentile);
  }

  /** A percentile of how late requests started. */
  double lag(double percentile) {
    return Latency.millis(samples.lags(), percentile);
  }

  /** The number of requests that were neither answered, nor late, nor rejected. */
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
