package dev.phoenix.load;

import java.time.Duration;

/**
 * The load of a run. Requests start at random times that do not depend on the responses, like those
 * of many independent users.
 *
 * @param firstRate requests a second at the beginning
 * @param lastRate requests a second at the end; equal to the first for a fixed rate
 * @param duration the duration of the measurement
 * @param warmUp the duration of the unmeasured run at the first rate before it
 * @param deadline the deadline of a request, from its scheduled start
 * @param seed the seed of times and requests
 */
public record LoadPlan(
    double firstRate,
    double lastRate,
    Duration duration,
    Duration warmUp,
    Duration deadline,
    long seed) {
  private static final double MAX_REQUESTS = 2e7;

  public LoadPlan {
    if (!(firstRate > 0) || !(lastRate > 0)) {
      throw new IllegalArgumentException(
          "expected rates above 0, found %s and %s".formatted(firstRate, lastRate));
    }
    if (duration.isNegative() || duration.isZero() || warmUp.isNegative()) {
      throw new IllegalArgumentException(
          "expected a duration above 0 and a warm-up, found %s and %s".formatted(duration, warmUp));
    }
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("expected a deadline above 0, found " + deadline);
    }
    double requests = firstRate * seconds(warmUp) + (firstRate + lastRate) / 2 * seconds(duration);
    if (requests > MAX_REQUESTS) {
      throw new IllegalArgumentException(
          "expected at most %.0f requests, found %.0f".formatted(MAX_REQUESTS, requests));
    }
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
