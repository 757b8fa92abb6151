package dev.phoenix.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * When calls are retried. Every wait is random between 0 and a bound that doubles, so that callers
 * that were refused together do not retry together.
 *
 * @param attempts the maximum number of attempts, including the first
 * @param firstBackoff the bound of the first wait
 * @param longestBackoff the largest bound of a wait
 * @param retryable the statuses that are retried, for which the request was not carried out
 * @param budget retries per first call, on average over time, which limits the extra load on an
 *     overloaded server
 */
public record RetryPolicy(
    int attempts,
    Duration firstBackoff,
    Duration longestBackoff,
    Set<Status.Code> retryable,
    double budget) {
  /** Three attempts; waits of up to 10 ms, then 20 ms; one retry for ten calls on average. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(
          3,
          Duration.ofMillis(10),
          Duration.ofSeconds(1),
          Set.of(Status.Code.UNAVAILABLE, Status.Code.RESOURCE_EXHAUSTED),
          0.1);

  /** No retries. */
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
