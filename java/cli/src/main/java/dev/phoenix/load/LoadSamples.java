package dev.phoenix.load;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The measured requests; all arrays have one element a request.
 *
 * @param startNanos scheduled start, from the beginning of the measurement, ascending
 * @param lagNanos delay of the start caused by the generator
 * @param latencyNanos time from the scheduled start to the end; 0 for a lost request
 * @param outcomes how the request ended
 */
public record LoadSamples(
    long[] startNanos, long[] lagNanos, long[] latencyNanos, Outcome[] outcomes) {
  /** The largest value of the histograms, which have 3 significant digits: an hour. */
  private static final long MAX_NANOS = 3_600_000_000_000L;

  public LoadSamples {
    int count = startNanos.length;
    if (lagNanos.length != count || latencyNanos.length != count || outcomes.length != count) {
      throw new IllegalArgumentException(
          "%d starts, %d lags, %d latencies, %d outcomes"
              .formatted(count, lagNanos.length, latencyNanos.length, outcomes.length));
    }
  }

  /** The number of requests. */
  public int count() {
    return startNanos.length;
  }

  /** The number of requests by outcome. */
  public Map<Outcome, Integer> counts() {
    Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    for (Outcome outcome : outcomes) {
      counts.merge(outcome, 1, Integer::sum);
    }
    return counts;
  }

  /** Latencies in nanoseconds of the requests with {@code outcome}. */
  public Histogram latencies(Outcome outcome) {
    Histogram histogram = new Histogram(MAX_NANOS, 3);
    for (int i = 0; i < count(); i++) {
      if (outcomes[i] == outcome) {
        histogram.recordValue(Math.clamp(latencyNanos[i], 0, MAX_NANOS));
      }
    }
    return histogram;
  }

  /** How late requests started, in nanoseconds. */
  public Histogram lags() {
    Histogram histogram = new Histogram(MAX_NANOS, 3);
    for (long lag : lagNanos) {
      histogram.recordValue(Math.clamp(lag, 0, MAX_NANOS));
    }
    return histogram;
  }

  /** The requests scheduled from {@code from} to before {@code to}, in nanoseconds. */
  public LoadSamples between(long from, long to) {
    int first = place(from);
    int end = place(to);
    return new LoadSamples(
        Arrays.copyOfRange(startNanos, first, end),
        Arrays.copyOfRange(lagNanos, first, end),
        Arrays.copyOfRange(latencyNanos, first, end),
        Arrays.copyOfRange(outcomes, first, end));
  }

  private int place(long nanos) {
    int place = Arrays.binarySearch(startNanos, nanos);
    if (place < 0) {
      return -place - 1;
    }
    while (place > 0 && startNanos[place - 1] == nanos) {
      place--;
    }
    return place;
  }
}
