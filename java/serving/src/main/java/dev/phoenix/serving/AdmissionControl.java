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
  private double deviationNanos;
  private boolean observed;

  AdmissionControl(int batchSize) {
    this.batchSize = batchSize;
  }

  /** Takes the service time of a batch into the moving averages. */
  void observe(long nanos) {
    if (observed) {
      deviationNanos = WEIGHT * Math.abs(nanos - batchNanos) + (1 - WEIGHT) * deviationNanos;
      batchNanos = WEIGHT * nanos + (1 - WEIGHT) * batchNanos;
    } else {
      batchNanos = nanos;
      observed = true;
    }
  }

  /** Nanoseconds until a request that comes behind {@code queued} others would be answered. */
  long etaNanos(int queued, int batchesInFlight) {
    return (long) (batches(queued, batchesInFlight) * batchNanos) + OVERHEAD_NANOS;
  }

  private long batches(int queued, int batchesInFlight) {
    return Math.ceilDiv(queued + 1, batchSize) + (long) batchesInFlight;
  }

  /**
   * Whether a request has no hope. One that will be in the very next batch always has. Batches that
   * vary are slow together rather than in turn, so the margin grows with each that comes before.
   *
   * @param remainingNanos until its deadline
   */
  boolean sheds(int queued, int batchesInFlight, long remainingNanos) {
    long spread = (long) (batches(queued, batchesInFlight) * deviationNanos);
    long margin = MARGIN_NANOS + spread;
    return queued >= batchSize && etaNanos(queued, batchesInFlight) + margin > remainingNanos;
  }

  /**
   * Nanoseconds that a batch taken now will need, by all experience; 0 where {@code queued} do not
   * fill it, because what batches took lately says little about a small one.
   */
  long serviceNanos(int queued) {
    return queued >= batchSize ? (long) batchNanos : 0;
  }
}
