package dev.phoenix.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * When a call is made again, and after how long. Every wait is random between 0 and a bound that
 * doubles, so that callers who were refused together do not come back together.
 *
 * @param attempts calls at most, the first among them
 * @param firstBackoff bound of the first wait
 * @param longestBackoff what the bound grows to
 * @param retryable statuses that are worth another call: the request was not carried out
 * @param budget retries allowed for each first call, over time; a server that refuses everything is
 *     not made to refuse much more
 */
public record RetryPolicy(
    int attempts,
    Duration firstBackoff,
    Duration longestBackoff,
    Set<Status.Code> retryable,
    double budget) {
  /** Three calls; waits to 10 ms, then 20 ms; one retry for ten calls. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(
          3,
          Duration.ofMillis(10),
          Duration.ofSeconds(1),
          Set.of(Status.Code.UNAVAILABLE, Status.Code.RESOURCE_EXHAUSTED),
          0.1);

  /** One call, whatever comes. */
  public static final RetryPolicy NONE =
      new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Set.of(), 0);

  public RetryPolicy {
    if (attempts < 1) {
      throw new IllegalArgumentException("expected at least 1 attempt, found " + attempts);
    }
    if (firstBackoff.isNegative() || longestBackoff.compareTo(firstBackoff) < 0) {
      throw new IllegalArgumentException(
          "expected backoffs from 0 up, found %s to %s".formatted(firstBackoff, longestBackoff));
    }
    if (!(budget >= 0 && budget <= 1)) {
      throw new IllegalArgumentException("expected a budget from 0 to 1, found " + budget);
    }
    if (retryable.contains(Status.Code.OK) || retryable.contains(Status.Code.DEADLINE_EXCEEDED)) {
      throw new IllegalArgumentException("a call that succeeded or was late is not made again");
    }
    retryable = Set.copyOf(retryable);
  }

  /** Nanoseconds to wait before call {@code attempt}, 2 for the first retry. */
  long backoffNanos(int attempt, RandomGenerator random) {
    long bound = longestBackoff.toNanos();
    int doublings = attempt - 2;
    if (doublings < Long.SIZE - 2 && firstBackoff.toNanos() <= bound >> doublings) {
      bound = firstBackoff.toNanos() << doublings;
    }
    return bound == 0 ? 0 : random.nextLong(bound);
  }
}
