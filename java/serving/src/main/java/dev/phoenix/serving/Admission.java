package dev.phoenix.serving;

import dev.phoenix.serving.Rejection.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests may wait, and in which order they are taken. Not thread-safe: the
 * scheduler's lock guards it.
 */
final class Admission {
  private final EngineOptions options;
  private final EngineMetrics metrics;
  private final FairQueue queue = new FairQueue();
  private final AdmissionControl forecast;
  private int running;
  private int batchesInFlight;

  Admission(EngineOptions options, EngineMetrics metrics) {
    this.options = options;
    this.metrics = metrics;
    this.forecast = new AdmissionControl(options.batchSize());
  }

  /**
   * What is to be known of a request.
   *
   * @param peer who asks
   * @param deadlineNanos its deadline
   * @param rows that a batch computes for it
   */
  record Asked(String peer, long deadlineNanos, int rows) {
    static Asked of(PendingRequest pending) {
      return new Asked(pending.peer(), pending.request().deadlineNanos(), pending.rows());
    }
  }

  /** Why a request would be refused at {@code now}; null if it would not be. */
  @Nullable Rejection refusal(Asked asked, long now) {
    Rejection full = full();
    if (full != null && yielding(asked) == null) {
      return full;
    }
    long remaining = asked.deadlineNanos() - now;
    if (remaining <= 0) {
      return new Rejection(Reason.EXPIRED, "the deadline had passed when the request came");
    }
    int ahead = queue.ahead(asked.peer(), asked.deadlineNanos(), asked.rows());
    metrics.predicted(forecast.etaNanos(ahead, batchesInFlight));
    return forecast.sheds(ahead, batchesInFlight, remaining)
        ? new Rejection(Reason.PREDICTED_LATE, "the answer would come after the deadline")
        : null;
  }

  /** Why there is no room for a request more; null where there is. */
  private @Nullable Rejection full() {
    if (queue.size() >= options.queueLimit()) {
      return new Rejection(Reason.QUEUE_FULL, "too many requests are waiting");
    }
    return inFlight() >= options.inFlightLimit()
        ? new Rejection(Reason.IN_FLIGHT_CAP, "too many requests are in flight")
        : null;
  }

  private @Nullable PendingRequest yielding(Asked asked) {
    return queue.yielding(asked.peer(), asked.deadlineNanos(), asked.rows());
  }

  /** Queues a request that is not refused; returns the one that gives way to it, if any. */
  @Nullable PendingRequest add(PendingRequest pending) {
    PendingRequest yielding = full() == null ? null : yielding(Asked.of(pending));
    if (yielding != null) {
      queue.remove(yielding);
    }
    queue.add(pending);
    return yielding;
  }

  /** Removes a request if it still waits. */
  void remove(PendingRequest pending) {
    queue.remove(pending);
  }

  /**
   * Takes up to a batch of what waits. What would only be answered after its deadline makes room
   * for what can be answered in time.
   */
  void take(List<PendingRequest> batch, List<PendingRequest> stale, long now) {
    long needed = forecast.serviceNanos(queue.size());
    while (batch.size() < options.batchSize() && !queue.isEmpty()) {
      PendingRequest next = queue.removeFirst();
      if (next.isExpired(now + needed)) {
        stale.add(next);
      } else if (!next.isOver()) {
        metrics.queued(now - next.arrivedNanos());
        batch.add(next);
      }
    }
    running += batch.size();
    batchesInFlight += batch.isEmpty() ? 0 : 1;
  }

  /** A batch of {@code size} requests has ended. */
  void ended(int size) {
    running -= size;
    batchesInFlight -= size == 0 ? 0 : 1;
  }

  /** Takes the time of a batch into the forecast. */
  void observe(long nanos) {
    forecast.observe(nanos);
  }

  /** Removes all that waits and returns it. */
  List<PendingRequest> clear() {
    return queue.clear();
  }

  /** Requests that wait. */
  int waiting() {
    return queue.size();
  }

  /** Requests that wait or run. */
  int inFlight() {
    return queue.size() + running;
  }

  /** Nanoseconds that the oldest waiting request has waited at {@code now}; 0 where none waits. */
  long ageNanos(long now) {
    long[] age = new long[1];
    queue.forEach(each -> age[0] = Math.max(age[0], now - each.arrivedNanos()));
    return age[0];
  }
}
