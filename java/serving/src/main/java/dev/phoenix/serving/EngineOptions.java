package dev.phoenix.serving;

import java.time.Duration;

/**
 * How requests become batches, and what they are answered by.
 *
 * @param batchSize requests of a batch, B
 * @param queueLimit requests that may wait
 * @param inFlightLimit requests that may wait or run
 * @param batchesInFlight batches that run at once, each with operations and state of its own
 * @param keptHistoryBytes bytes of keys and values kept for requests of the same history; 0 for
 *     none
 * @param defaultDeadline the deadline of a request that gives none
 * @param rules of histories, of posts that were seen, and of the time
 */
public record EngineOptions(
    int batchSize,
    int queueLimit,
    int inFlightLimit,
    int batchesInFlight,
    long keptHistoryBytes,
    Duration defaultDeadline,
    ServingRules rules) {
  /** The production service's own numbers. */
  public static final EngineOptions DEFAULT =
      new EngineOptions(
          32, 2048, 2560, 1, 256L << 20, Duration.ofMillis(1200), ServingRules.DEFAULT);

  public EngineOptions {
    require("batch size", batchSize, 4096);
    require("queue limit", queueLimit, 1 << 20);
    require("in-flight limit", inFlightLimit, 1 << 20);
    require("batches in flight", batchesInFlight, 16);
    if (keptHistoryBytes < 0) {
      throw new IllegalArgumentException(
          "expected 0 or more bytes of kept histories, found " + keptHistoryBytes);
    }
    if (defaultDeadline.isNegative() || defaultDeadline.isZero()) {
      throw new IllegalArgumentException(
          "expected a default deadline above 0, found " + defaultDeadline);
    }
  }

  /** Options with the default rules. */
  public EngineOptions(
      int batchSize,
      int queueLimit,
      int inFlightLimit,
      int batchesInFlight,
      long keptHistoryBytes,
      Duration defaultDeadline) {
    this(
        batchSize,
        queueLimit,
        inFlightLimit,
        batchesInFlight,
        keptHistoryBytes,
        defaultDeadline,
        ServingRules.DEFAULT);
  }

  /** These options with other rules. */
  public EngineOptions with(ServingRules others) {
    return new EngineOptions(
        batchSize,
        queueLimit,
        inFlightLimit,
        batchesInFlight,
        keptHistoryBytes,
        defaultDeadline,
        others);
  }

  private static void require(String what, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "%s: expected 1 to %d, found %d".formatted(what, most, value));
    }
  }
}
