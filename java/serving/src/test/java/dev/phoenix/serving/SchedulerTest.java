package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.serving.Rejection.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The queue, with batches that end when the test says so and a clock that it moves. */
class SchedulerTest {
  private static final long SECOND = 1_000_000_000L;
  static final ModelInfo MODEL = model();

  private static ModelInfo model() {
    ModelConfig config = ModelConfig.read(Demo.ARTIFACTS.model("ranker").resolve("config.json"));
    return new ModelInfo(
        "1",
        "demo",
        Instant.EPOCH,
        Instant.EPOCH,
        "none",
        "float32",
        config,
        Optional.of(config),
        0,
        List.of("default"));
  }

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
      new Work(each, MODEL, now.get(), batch.size()).answer(null, 0);
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
  void aFreeWorkerTakesWhatWaitsUpToTheBatchSize() {
    try (Scheduler scheduler = scheduler(4, 100, 100, 1)) {
      List<PendingRequest> all = new ArrayList<>();
      all.add(submit(scheduler, 60 * SECOND));
      started.acquireUninterruptibly();
      for (int i = 0; i < 6; i++) {
        all.add(submit(scheduler, 60 * SECOND));
      }
      assertEquals(7, scheduler.inFlight());
      assertEquals(6, scheduler.backlog());
      now.addAndGet(7);
      assertEquals(7, scheduler.queueAgeNanos());
      permits.release(3);
      all.forEach(each -> each.answer().join());
      assertEquals(List.of(1, 4, 2), batches.stream().map(List::size).toList());
      List<PendingRequest> order = batches.stream().flatMap(List::stream).toList();
      assertEquals(all, order, "first come, first served");
    }
  }

  @Test
  void twoWorkersHaveTwoBatchesInFlight() {
    try (Scheduler scheduler = scheduler(1, 100, 100, 2)) {
      PendingRequest first = submit(scheduler, 60 * SECOND);
      PendingRequest second = submit(scheduler, 60 * SECOND);
      started.acquireUninterruptibly(2);
      assertEquals(2, scheduler.inFlight());
      permits.release(2);
      first.answer().join();
      second.answer().join();
    }
  }

  @Test
  void aFullQueueAndTheCapRefuse() {
    try (Scheduler scheduler = scheduler(4, 3, 100, 1)) {
      submit(scheduler, 60 * SECOND);
      started.acquireUninterruptibly();
      for (int i = 0; i < 3; i++) {
        submit(scheduler, 60 * SECOND);
      }
      assertEquals(Reason.QUEUE_FULL, refusal(scheduler, 60 * SECOND));
      permits.release(2);
    }
    started.drainPermits();
    try (Scheduler scheduler = scheduler(4, 100, 3, 1)) {
      submit(scheduler, 60 * SECOND);
      started.acquireUninterruptibly();
      submit(scheduler, 60 * SECOND);
      submit(scheduler, 60 * SECOND);
      assertEquals(Reason.IN_FLIGHT_CAP, refusal(scheduler, 60 * SECOND));
      permits.release(2);
    }
  }

  @Test
  void aRequestWithoutHopeIsShedAndOneOfTheNextBatchNever() {
    try (Scheduler scheduler = scheduler(2, 100, 100, 1)) {
      scheduler.expectBatches(SECOND);
      submit(scheduler, 60 * SECOND);
      started.acquireUninterruptibly();
      PendingRequest hopeful = submit(scheduler, SECOND);
      submit(scheduler, 2 * SECOND);
      // Two requests wait and one batch runs: (ceil(3 / 2) + 1) * 1 s + 2 ms, and 30 ms of margin.
      assertEquals(Reason.PREDICTED_LATE, refusal(scheduler, 3 * SECOND));
      submit(scheduler, 4 * SECOND);
      permits.release(3);
      hopeful.answer().join();
    }
  }

  @Test
  void whatExpiredInTheQueueIsDroppedAndNeverRuns() {
    try (Scheduler scheduler = scheduler(4, 100, 100, 1)) {
      submit(scheduler, 60 * SECOND);
      started.acquireUninterruptibly();
      PendingRequest stale = submit(scheduler, SECOND / 50);
      PendingRequest fresh = submit(scheduler, 60 * SECOND);
      now.addAndGet(SECOND / 50);
      permits.release(2);
      fresh.answer().join();
      assertEquals(Reason.EXPIRED, reason(stale));
      assertEquals(Reason.EXPIRED, refusal(scheduler, -1));
      assertFalse(batches.stream().flatMap(List::stream).anyMatch(each -> each == stale));
    }
  }

  @Test
  void aFullBatchLeavesOutWhatWouldExpireInIt() {
    try (Scheduler scheduler = scheduler(2, 100, 100, 1)) {
      scheduler.expectBatches(SECOND);
      submit(scheduler, 60 * SECOND);
      started.acquireUninterruptibly();
      PendingRequest hopeless = submit(scheduler, SECOND / 2);
      PendingRequest next = submit(scheduler, 60 * SECOND);
      PendingRequest last = submit(scheduler, 60 * SECOND);
      permits.release(1);
      started.acquireUninterruptibly();
      assertEquals(Reason.EXPIRED, reason(hopeless));
      assertEquals(List.of(next, last), batches.get(1));
      // A request of an incomplete batch is accepted, because a small batch may be faster.
      PendingRequest hopeful = submit(scheduler, SECOND / 2);
      permits.release(2);
      hopeful.answer().join();
    }
  }

  @Test
  void aRefusalIsKnownBeforeTheRequestIs() {
    try (Scheduler scheduler = scheduler(4, 1, 100, 1)) {
      long deadline = now.get() + 60 * SECOND;
      assertNull(scheduler.refusal(deadline, PendingRequest.NO_PEER));
      submit(scheduler, 60 * SECOND);
      started.acquireUninterruptibly();
      submit(scheduler, 60 * SECOND);
      assertEquals(
          Reason.QUEUE_FULL,
          assertInstanceOf(Rejection.class, scheduler.refusal(deadline, PendingRequest.NO_PEER))
              .reason());
      assertEquals(1, scheduler.backlog());
      permits.release(2);
    }
  }

  @Test
  void onlyStaleRequestsLeaveTheWorkerWaitingForMore() throws InterruptedException {
    try (Scheduler scheduler = scheduler(4, 100, 100, 1)) {
      submit(scheduler, 60 * SECOND);
      started.acquireUninterruptibly();
      PendingRequest stale = submit(scheduler, SECOND / 50);
      now.addAndGet(SECOND / 50);
      permits.release(1);
      assertEquals(Reason.EXPIRED, reason(stale));
      assertTrue(scheduler.awaitIdle(5 * SECOND));
      permits.release(1);
      submit(scheduler, 60 * SECOND).answer().join();
      assertEquals(2, batches.size());
    }
  }

  @Test
  void whatIsCancelledNeverRuns() {
    try (Scheduler scheduler = scheduler(4, 100, 100, 1)) {
      submit(scheduler, 60 * SECOND);
      started.acquireUninterruptibly();
      PendingRequest cancelled = submit(scheduler, 60 * SECOND);
      PendingRequest other = submit(scheduler, 60 * SECOND);
      cancelled.cancel();
      assertEquals(1, scheduler.backlog());
      permits.release(2);
      other.answer().join();
      assertEquals(Reason.CANCELLED, reason(cancelled));
      assertEquals(List.of(other), batches.get(1));
    }
  }

  @Test
  void aBatchThatFailsFailsItsRequestsAndNoOthers() {
    EngineOptions options = new EngineOptions(1, 100, 100, 1, 0, Duration.ofSeconds(1));
    BatchRunner failing =
        (worker, batch) -> {
          if (batches.isEmpty()) {
            batches.add(List.copyOf(batch));
            throw new IllegalStateException("made to fail");
          }
          new Work(batch.getFirst(), MODEL, now.get(), 1).answer(null, 0);
        };
    try (Scheduler scheduler = new Scheduler(options, failing, EngineMetrics.NONE, now::get)) {
      PendingRequest first = submit(scheduler, 60 * SECOND);
      PendingRequest second = submit(scheduler, 60 * SECOND);
      assertEquals(Reason.FAILED, reason(first));
      assertEquals("1", second.answer().join().modelVersion());
    }
  }

  @Test
  void closingAnswersWhatWaitsAndTakesNoMore() {
    Scheduler scheduler = scheduler(2, 100, 100, 1);
    List<PendingRequest> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(submit(scheduler, 60 * SECOND));
    }
    permits.release(5);
    scheduler.close();
    all.forEach(each -> assertTrue(each.answer().isDone()));
    assertEquals(Reason.DRAINING, refusal(scheduler, SECOND));
  }

  @Test
  void theForecastIsThatOfTheContract() {
    AdmissionControl admission = new AdmissionControl(32);
    admission.observe(10_000_000);
    assertEquals(12_000_000, admission.etaNanos(0, 0));
    assertEquals(22_000_000, admission.etaNanos(31, 1));
    assertEquals(42_000_000, admission.etaNanos(32, 2));
    admission.observe(20_000_000);
    assertEquals(14_000_000, admission.etaNanos(0, 0), "a fifth of the way to 20 ms");
    assertFalse(admission.sheds(31, 1, 1), "in the very next batch");
  }

  @Test
  void theMarginGrowsWithTheBatchesBeforeWhereTheyVary() {
    AdmissionControl steady = new AdmissionControl(32);
    steady.observe(10_000_000);
    steady.observe(10_000_000);
    // Two batches before it and one that runs: 32 ms, and 30 ms of margin.
    assertFalse(steady.sheds(32, 1, 62_000_000));
    assertTrue(steady.sheds(32, 1, 61_999_999));
    AdmissionControl varied = new AdmissionControl(32);
    varied.observe(10_000_000);
    varied.observe(20_000_000);
    // Mean 12 ms a batch, mean deviation 2 ms: 38 ms, and margins of 30 and 6 ms.
    assertFalse(varied.sheds(32, 1, 74_000_000));
    assertTrue(varied.sheds(32, 1, 73_999_999));
  }
}
