package dev.phoenix.serving;

import dev.phoenix.lifecycle.LoopEndedException;
import dev.phoenix.serving.Rejection.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
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
  private final Admission admission;
  private final List<Thread> workers = new ArrayList<>();
  private boolean closed;
  private volatile boolean ended;
  private final BatchHealth health;

  Scheduler(EngineOptions options, BatchRunner runner, EngineMetrics metrics, Ticker ticker) {
    this.options = options;
    this.runner = runner;
    this.metrics = metrics;
    this.ticker = ticker;
    this.admission = new Admission(options, metrics);
    this.health = new BatchHealth(ticker);
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

  /** Queues a request of a caller that is not named. */
  PendingRequest submit(ServingRequest request, @Nullable ModelVersion version) {
    return submit(request, PendingRequest.NO_PEER, version);
  }

  /**
   * Queues a request of {@code peer}. Where there is no room, the most patient request of the peer
   * that has most waiting may give way to it.
   *
   * @param version that is to answer it; null for the one that serves then
   * @throws Rejection if it cannot be answered in time, or not at all
   */
  PendingRequest submit(ServingRequest request, String peer, @Nullable ModelVersion version) {
    PendingRequest pending = new PendingRequest(request, peer, version, ticker, this::withdraw);
    PendingRequest yielding;
    lock.lock();
    try {
      Rejection refusal = refusal(Admission.Asked.of(pending), pending.arrivedNanos());
      if (refusal != null) {
        throw refusal;
      }
      yielding = admission.add(pending);
      arrival.signal();
    } finally {
      lock.unlock();
    }
    if (yielding != null) {
      yielding.reject(Reason.QUEUE_FULL, "too many requests are waiting; this one gave way");
    }
    return pending;
  }

  /** Why a request of {@code peer} would be refused if it came now; null if it would not be. */
  @Nullable Rejection refusal(long deadlineNanos, String peer) {
    return locked(() -> refusal(new Admission.Asked(peer, deadlineNanos, 1), ticker.nanos()));
  }

  private <T extends @Nullable Object> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Rejection refusal(Admission.Asked asked, long now) {
    if (closed) {
      return ended
          ? new Rejection(Reason.FAILED, "the engine has failed")
          : new Rejection(Reason.DRAINING, "the server is shutting down");
    }
    return admission.refusal(asked, now);
  }

  /** The outcomes of batches. */
  BatchHealth health() {
    return health;
  }

  /** Whether batches are computed, see {@link BatchHealth}. */
  boolean isHealthy() {
    return !ended && health.isHealthy();
  }

  /** Leaves the room of a request that was taken back; one that runs is no longer there. */
  private void withdraw(PendingRequest pending) {
    lock.lock();
    try {
      admission.remove(pending);
      signalIfIdle();
    } finally {
      lock.unlock();
    }
  }

  private void work(int worker) {
    List<PendingRequest> batch = new ArrayList<>(options.batchSize());
    try {
      while (take(batch)) {
        long begin = ticker.nanos();
        int size = batch.size();
        compute(worker, batch);
        done(size, ticker.nanos() - begin);
        batch.clear();
      }
    } catch (RuntimeException | Error failed) {
      end(batch, failed);
      throw new LoopEndedException("the loop of batches", failed);
    }
  }

  private void compute(int worker, List<PendingRequest> batch) {
    try {
      runner.run(worker, batch);
      health.succeeded();
    } catch (OutOfMemoryError noMemory) {
      // Whatever is done about it may meet the next one.
      throw noMemory;
    } catch (RuntimeException | Error failure) {
      LOG.log(System.Logger.Level.ERROR, "a batch of " + batch.size() + " failed", failure);
      batch.forEach(each -> each.reject(Reason.FAILED, "the computation failed"));
      health.failed(failure);
    }
  }

  /** Lets nobody wait for a worker that has ended. */
  private void end(List<PendingRequest> batch, Throwable cause) {
    List<PendingRequest> unanswered;
    lock.lock();
    try {
      ended = true;
      closed = true;
      admission.ended(batch.size());
      unanswered = admission.clear();
      arrival.signalAll();
      signalIfIdle();
    } finally {
      lock.unlock();
    }
    unanswered.addAll(batch);
    try {
      unanswered.forEach(each -> each.reject(Reason.FAILED, "the engine has failed"));
    } catch (RuntimeException | Error again) {
      cause.addSuppressed(again);
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

  /** Takes what waits; false when there is nothing and nothing will come. */
  private boolean choose(List<PendingRequest> batch, List<PendingRequest> stale) {
    lock.lock();
    try {
      while (admission.waiting() == 0) {
        if (closed) {
          return false;
        }
        arrival.awaitUninterruptibly();
      }
      admission.take(batch, stale, ticker.nanos());
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
      admission.ended(size);
      admission.observe(nanos);
      signalIfIdle();
    } finally {
      lock.unlock();
    }
  }

  private void signalIfIdle() {
    if (admission.inFlight() == 0) {
      idle.signalAll();
    }
  }

  /** Requests that wait. */
  int backlog() {
    return locked(() -> admission.waiting());
  }

  /** Requests that wait or run. */
  int inFlight() {
    return locked(() -> admission.inFlight());
  }

  /** Nanoseconds that the oldest waiting request has waited; 0 where none waits. */
  long queueAgeNanos() {
    return locked(() -> admission.ageNanos(ticker.nanos()));
  }

  /** Waits until nothing waits or runs; says whether that came within {@code nanos}. */
  boolean awaitIdle(long nanos) throws InterruptedException {
    long left = nanos;
    lock.lock();
    try {
      while (admission.inFlight() > 0) {
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
