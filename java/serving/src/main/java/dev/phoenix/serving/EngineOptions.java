package dev.phoenix.serving;

import java.time.Duration;

/**
 * The options of the engine.
 *
 * @param batchSize the maximum number of requests in a batch, B
 * @param queueLimit the maximum number of waiting requests
 * @param inFlightLimit the maximum number of waiting and running requests
 * @param batchesInFlight the number of concurrent batches, each with its own lane
 * @param keptHistoryBytes the bytes of kept histories; 0 for none
 * @param defaultDeadline the deadline of a request that gives none
 * @param rules the rules of histories, seen posts and time
 */
public record EngineOptions(
    int batchSize,
    int queueLimit,
    int inFlightLimit,
    int batchesInFlight,
    long keptHistoryBytes,
    Duration defaultDeadline,
    ServingRules rules) {
  /** The numbers of the production service. */
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

  /** A copy with other rules. */
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
