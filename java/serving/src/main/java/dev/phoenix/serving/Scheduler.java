package dev.phoenix.serving;

import dev.phoenix.serving.Rejection.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Continuous batching: a worker that is free takes what waits, up to the batch size, and runs it.
 * No timer holds a request back in the hope of company; under load, company comes by itself while a
 * batch runs.
 */
final class Scheduler implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Scheduler.class.getName());

  private static final double NANOS_PER_SECOND = 1e9;

  private final EngineOptions options;
  private final BatchRunner runner;
  private final EngineMetrics metrics;
  private final Ticker ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrival = lock.newCondition();
  private final Condition idle = lock.newCondition();
  private final ArrayDeque<PendingRequest> queue = new ArrayDeque<>();
  private final AdmissionControl admission;
  private final List<Thread> workers = new ArrayList<>();
  private int running;
  private int batchesInFlight;
  private boolean closed;

  Scheduler(EngineOptions options, BatchRunner runner, EngineMetrics metrics, Ticker ticker) {
    this.options = options;
    this.runner = runner;
    this.metrics = metrics;
    this.ticker = ticker;
    this.admission = new AdmissionControl(options.batchSize());
    watch();
    for (int worker = 0; worker < options.batchesInFlight(); worker++) {
      int number = worker;
      workers.add(Thread.ofPlatform().name("batch-" + number).start(() -> work(number)));
    }
  }

  private void watch() {
    metrics.watch("recsys_engine_queue_backlog", "Requests that wait", this::backlog);
    metrics.watch("recsys_engine_items_in_flight", "Requests that wait or run", this::inFlight);
    metrics.watch("nv_inference_pending_request_count", "Requests that wait", this::backlog);
    metrics.watch(
        "phoenix_queue_age_seconds",
        "Time that the oldest waiting request has waited",
        () -> queueAgeNanos() / NANOS_PER_SECOND);
  }

  /** Takes the warm-up's batches as the first that were seen. */
  void expectBatches(long nanos) {
    lock.lock();
    try {
      admission.observe(nanos);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Queues a request.
   *
   * @param version that is to answer it; null for the one that serves then
   * @throws Rejection if it cannot be answered in time, or not at all
   */
  PendingRequest submit(ServingRequest request, @Nullable ModelVersion version) {
    PendingRequest pending = new PendingRequest(request, version, ticker, this::withdraw);
    lock.lock();
    try {
      Rejection refusal = refusal(request.deadlineNanos(), pending.arrivedNanos());
      if (refusal != null) {
        throw refusal;
      }
      queue.addLast(pending);
      arrival.signal();
    } finally {
      lock.unlock();
    }
    return pending;
  }

  /** Why a request of this deadline would be refused if it came now; null if it would not be. */
  @Nullable Rejection refusal(long deadlineNanos) {
    lock.lock();
    try {
      return refusal(deadlineNanos, ticker.nanos());
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Rejection refusal(long deadlineNanos, long now) {
    if (closed) {
      return new Rejection(Reason.DRAINING, "the server is shutting down");
    }
    if (queue.size() >= options.queueLimit()) {
      return new Rejection(Reason.QUEUE_FULL, "too many requests are waiting");
    }
    if (queue.size() + running >= options.inFlightLimit()) {
      return new Rejection(Reason.IN_FLIGHT_CAP, "too many requests are in flight");
    }
    long remaining = deadlineNanos - now;
    if (remaining <= 0) {
      return new Rejection(Reason.EXPIRED, "the deadline had passed when the request came");
    }
    metrics.predicted(admission.etaNanos(queue.size(), batchesInFlight));
    return admission.sheds(queue.size(), batchesInFlight, remaining)
        ? new Rejection(Reason.PREDICTED_LATE, "the answer would come after the deadline")
        : null;
  }

  /** Leaves the room of a request that was taken back; one that runs is no longer there. */
  private void withdraw(PendingRequest pending) {
    lock.lock();
    try {
      queue.remove(pending);
      signalIfIdle();
    } finally {
      lock.unlock();
    }
  }

  private void work(int worker) {
    List<PendingRequest> batch = new ArrayList<>(options.batchSize());
    while (take(batch)) {
      long begin = ticker.nanos();
      int size = batch.size();
      try {
        runner.run(worker, batch);
      } catch (RuntimeException | Error failure) {
        LOG.log(System.Logger.Level.ERROR, "a batch of " + size + " failed", failure);
        batch.forEach(each -> each.reject(Reason.FAILED, "the computation failed"));
      }
      done(size, ticker.nanos() - begin);
      batch.clear();
    }
  }

  /** Waits for requests and takes up to a batch of those that still want an answer. */
  private boolean take(List<PendingRequest> batch) {
    boolean more = true;
    while (more && batch.isEmpty()) {
      List<PendingRequest> stale = new ArrayList<>();
      more = choose(batch, stale);
      stale.forEach(
          each -> each.reject(Reason.EXPIRED, "the deadline passes before there is an answer"));
    }
    return !batch.isEmpty();
  }

  /**
   * Takes what waits; false when there is nothing and nothing will come. What would only be
   * answered after its deadline makes room for what can be answered in time.
   */
  private boolean choose(List<PendingRequest> batch, List<PendingRequest> stale) {
    lock.lock();
    try {
      while (queue.isEmpty()) {
        if (closed) {
          return false;
        }
        arrival.awaitUninterruptibly();
      }
      long now = ticker.nanos();
      long needed = admission.serviceNanos(queue.size());
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
      signalIfIdle();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void done(int size, long nanos) {
    metrics.batch(size, nanos);
    lock.lock();
    try {
      running -= size;
      batchesInFlight--;
      admission.observe(nanos);
      signalIfIdle();
    } finally {
      lock.unlock();
    }
  }

  private void signalIfIdle() {
    if (queue.isEmpty() && running == 0) {
      idle.signalAll();
    }
  }

  /** Requests that wait. */
  int backlog() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /** Requests that wait or run. */
  int inFlight() {
    lock.lock();
    try {
      return queue.size() + running;
    } finally {
      lock.unlock();
    }
  }

  /** Nanoseconds that the oldest waiting request has waited; 0 where none waits. */
  long queueAgeNanos() {
    lock.lock();
    try {
      PendingRequest oldest = queue.peekFirst();
      return oldest == null ? 0 : ticker.nanos() - oldest.arrivedNanos();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing waits or runs; says whether that came within {@code nanos}. */
  boolean awaitIdle(long nanos) throws InterruptedException {
    long left = nanos;
    lock.lock();
    try {
      while (!queue.isEmpty() || running > 0) {
        if (left <= 0) {
          return false;
        }
        left = idle.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more requests, runs those that wait, and ends the workers. Idempotent. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      arrival.signalAll();
    } finally {
      lock.unlock();
    }
    for (Thread worker : workers) {
      try {
        worker.join();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
