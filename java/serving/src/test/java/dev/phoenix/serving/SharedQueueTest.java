package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.lifecycle.LoopEndedException;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests what one caller does to others that wait in the same queue. */
@Timeout(60)
class SharedQueueTest {
  private static final long SECOND = 1_000_000_000L;

  private final List<List<PendingRequest>> batches =
      Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5 * SECOND);
  private final Semaphore started = new Semaphore(0);
  private final Semaphore permits = new Semaphore(0);

  private Scheduler scheduler(int batchSize, int queueLimit, int inFlightLimit, int workers) {
    EngineOptions options =
        new EngineOptions(batchSize, queueLimit, inFlightLimit, workers, 0, Duration.ofSeconds(1));
    return new Scheduler(options, this::run, EngineMetrics.NONE, now::get);
  }

  private void run(int worker, List<PendingRequest> batch) {
    batches.add(List.copyOf(batch));
    started.release();
    permits.acquireUninterruptibly();
    for (PendingRequest each : batch) {
      new Work(each, SchedulerTest.MODEL, now.get(), batch.size()).answer(null, 0);
    }
  }

  private ServingRequest request(long remainingNanos) {
    UserHistory user = UserHistory.of(new UserSequence(1, List.of()));
    return new ServingRequest(user, new Task.Retrieve(1), now.get() + remainingNanos);
  }

  private PendingRequest submit(Scheduler scheduler, long remainingNanos) {
    return scheduler.submit(request(remainingNanos), null);
  }

  private static Reason reason(PendingRequest pending) {
    CompletionException failed =
        assertThrows(CompletionException.class, () -> pending.answer().join());
    return assertInstanceOf(Rejection.class, failed.getCause()).reason();
  }

  private Reason refusal(Scheduler scheduler, long remainingNanos) {
    return assertThrows(Rejection.class, () -> submit(scheduler, remainingNanos)).reason();
  }

  @Test
  void aBurstOfPatientRequestsDoesNotRefuseOthers() {
    try (Scheduler scheduler = scheduler(4, 300, 1000, 1)) {
      scheduler.expectBatches(SECOND / 10);
      scheduler.submit(request(3600 * SECOND), "burst", null);
      started.acquireUninterruptibly();
      List<PendingRequest> burst = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        burst.add(scheduler.submit(request(3600 * SECOND), "burst", null));
      }
      List<PendingRequest> others = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        others.add(scheduler.submit(request(6 * SECOND / 5), "other", null));
      }
      assertEquals(300, scheduler.backlog());
      assertEquals(
          12, burst.stream().filter(each -> each.answer().isDone()).count(), "these gave way");
      permits.release(100);
      others.forEach(each -> each.answer().join());
    }
  }

  /** Of one peer too: who can wait longer does. */
  @Test
  void patienceIsNotPriority() {
    try (Scheduler scheduler = scheduler(4, 300, 1000, 1)) {
      scheduler.expectBatches(SECOND / 10);
      submit(scheduler, 3600 * SECOND);
      started.acquireUninterruptibly();
      for (int i = 0; i < 300; i++) {
        submit(scheduler, 3600 * SECOND);
      }
      PendingRequest hurried = submit(scheduler, SECOND);
      permits.release(100);
      hurried.answer().join();
      assertTrue(batches.get(1).contains(hurried), "in the next batch");
    }
  }

  @Test
  void aBatchWithoutMemoryEndsTheLoopAndNobodyWaits() {
    AtomicReference<@Nullable Throwable> uncaught = new AtomicReference<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, thrown) -> uncaught.set(thrown));
    BatchRunner greedy =
        (worker, batch) -> {
          started.acquireUninterruptibly();
          throw new OutOfMemoryError("a batch");
        };
    EngineOptions options = new EngineOptions(1, 100, 100, 1, 0, Duration.ofSeconds(1));
    try (Scheduler scheduler = new Scheduler(options, greedy, EngineMetrics.NONE, now::get)) {
      PendingRequest first = submit(scheduler, 60 * SECOND);
      PendingRequest waits = submit(scheduler, 60 * SECOND);
      started.release();
      assertEquals(Reason.FAILED, reason(first));
      assertEquals(Reason.FAILED, reason(waits));
      assertEquals(Reason.FAILED, refusal(scheduler, 60 * SECOND));
      assertFalse(scheduler.isHealthy());
      Await.until("the handler of uncaught exceptions", () -> uncaught.get() != null);
      LoopEndedException ended = assertInstanceOf(LoopEndedException.class, uncaught.get());
      assertInstanceOf(OutOfMemoryError.class, ended.getCause());
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }
}
