package dev.phoenix.serving;

/**
 * Foretells when a request that comes now would be answered, from how long batches took lately. Not
 * thread-safe: the scheduler's lock guards it.
 */
final class AdmissionControl {
  private static final double WEIGHT = 0.2;
  private static final long OVERHEAD_NANOS = 2_000_000;
  private static final long MARGIN_NANOS = 30_000_000;

  private final int batchSize;
  private double batchNanos;
  private boolean observed;

  AdmissionControl(int batchSize) {
    this.batchSize = batchSize;
  }

  /** Takes the service time of a batch into the moving average. */
  void observe(long nanos) {
    batchNanos = observed ? WEIGHT * nanos + (1 - WEIGHT) * batchNanos : nanos;
    observed = true;
  }

  /** Nanoseconds until a request that comes behind {@code queued} others would be answered. */
  long etaNanos(int queued, int batchesInFlight) {
    long batches = Math.ceilDiv(queued + 1, batchSize) + (long) batchesInFlight;
    return (long) (batches * batchNanos) + OVERHEAD_NANOS;
  }

  /**
   * Whether a request has no hope. One that will be in the very next batch always has.
   *
   * @param remainingNanos until its deadline
   */
  boolean sheds(int queued, long etaNanos, long remainingNanos) {
    return queued >= batchSize && etaNanos + MARGIN_NANOS > remainingNanos;
  }
}
