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
 * @param bounds of the patience and of the memory of requests
 */
public record EngineOptions(
    int batchSize,
    int queueLimit,
    int inFlightLimit,
    int batchesInFlight,
    long keptHistoryBytes,
    Duration defaultDeadline,
    ServingRules rules,
    Bounds bounds) {
  /**
   * Bounds of what callers may ask for.
   *
   * @param longestDeadline a later deadline of a request is cut to this
   * @param requestBytes the memory of all requests that are read or wait
   */
  public record Bounds(Duration longestDeadline, long requestBytes) {
    private static final Duration LONGEST_DEADLINE = Duration.ofMinutes(1);
    private static final int HEAP_PART = 4;

    public Bounds {
      if (longestDeadline.isNegative() || longestDeadline.isZero() || requestBytes < 1) {
        throw new IllegalArgumentException(
            "expected a longest deadline and a memory of requests above 0, found %s and %d bytes"
                .formatted(longestDeadline, requestBytes));
      }
    }

    /** A minute, or the default deadline where it is longer, and a quarter of the heap. */
    public static Bounds of(Duration defaultDeadline) {
      return new Bounds(
          defaultDeadline.compareTo(LONGEST_DEADLINE) > 0 ? defaultDeadline : LONGEST_DEADLINE,
          partOfHeap());
    }

    /** A quarter of the heap, in bytes. */
    public static long partOfHeap() {
      return Runtime.getRuntime().maxMemory() / HEAP_PART;
    }
  }

  /** The numbers of the production service. */
  public static final EngineOptions DEFAULT =
      new EngineOptions(32, 2048, 2560, 1, 256L << 20, Duration.ofMillis(1200));

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
    if (bounds.longestDeadline().compareTo(defaultDeadline) < 0) {
      throw new IllegalArgumentException(
          "expected a longest deadline of at least the default deadline %s, found %s"
              .formatted(defaultDeadline, bounds.longestDeadline()));
    }
  }

  /** Options with the default rules and bounds. */
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
        ServingRules.DEFAULT,
        Bounds.of(defaultDeadline));
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
        others,
        bounds);
  }

  /** A copy with other bounds. */
  public EngineOptions with(Bounds others) {
    return new EngineOptions(
        batchSize,
        queueLimit,
        inFlightLimit,
        batchesInFlight,
        keptHistoryBytes,
        defaultDeadline,
        rules,
        others);
  }

  private static void require(String what, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "%s: expected 1 to %d, found %d".formatted(what, most, value));
    }
  }
}
