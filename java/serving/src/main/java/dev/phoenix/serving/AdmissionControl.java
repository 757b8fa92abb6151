package dev.phoenix.serving;

/**
 * Predicts the completion time of a new request from the recent times of batches. Not thread-safe:
 * the scheduler's lock guards it.
 */
final class AdmissionControl {
  private static final double WEIGHT = 0.2;
  private static final long OVERHEAD_NANOS = 2_000_000;
  private static final long MARGIN_NANOS = 30_000_000;

  private final int batchSize;
  private double batchNanos;
  private double deviationNanos;
  private boolean observed;

  AdmissionControl(int batchSize) {
    this.batchSize = batchSize;
  }

  /** Adds the service time of a batch to the moving averages. */
  void observe(long nanos) {
    if (observed) {
      deviationNanos = WEIGHT * Math.abs(nanos - batchNanos) + (1 - WEIGHT) * deviationNanos;
      batchNanos = WEIGHT * nanos + (1 - WEIGHT) * batchNanos;
    } else {
      batchNanos = nanos;
      observed = true;
    }
  }

  /** The predicted nanoseconds until a request behind {@code queued} others completes. */
  long etaNanos(int queued, int batchesInFlight) {
    return (long) (batches(queued, batchesInFlight) * batchNanos) + OVERHEAD_NANOS;
  }

  private long batches(int queued, int batchesInFlight) {
    return Math.ceilDiv(queued + 1, batchSize) + (long) batchesInFlight;
  }

  /**
   * Whether to reject a request because it would miss its deadline. A request of the next batch is
   * never rejected. Slow batches tend to follow one another, so the margin grows with the number of
   * batches before the request.
   *
   * @param remainingNanos the time until its deadline
   */
  boolean sheds(int queued, int batchesInFlight, long remainingNanos) {
    long spread = (long) (batches(queued, batchesInFlight) * deviationNanos);
    long margin = MARGIN_NANOS + spread;
    return queued >= batchSize && etaNanos(queued, batchesInFlight) + margin > remainingNanos;
  }

  /**
   * The predicted nanoseconds of a batch that starts now; 0 if {@code queued} requests do not fill
   * it, because the averages say little about small batches.
   */
  long serviceNanos(int queued) {
    return queued >= batchSize ? (long) batchNanos : 0;
  }
}
