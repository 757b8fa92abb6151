package dev.phoenix.bench.serving;

import dev.phoenix.load.LoadTarget;
import dev.phoenix.load.Outcome;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A closed loop: callers that send a request as soon as the last one is answered. */
final class ClosedLoop {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

  private ClosedLoop() {}

  /**
   * Measures the answered requests a second.
   *
   * @param callers requests in flight at any time
   * @throws IllegalStateException if one was not answered
   */
  static double rate(LoadTarget target, int callers, Duration duration)
      throws InterruptedException {
    Semaphore free = new Semaphore(callers);
    AtomicInteger good = new AtomicInteger();
    AtomicInteger bad = new AtomicInteger();
    long begin = System.nanoTime();
    long end = begin + duration.toNanos();
    int number = 0;
    while (System.nanoTime() < end) {
      free.acquire();
      target.start(
          number++,
          PATIENCE,
          outcome -> {
            (outcome == Outcome.GOOD ? good : bad).incrementAndGet();
            free.release();
          });
    }
    int answered = good.get();
    double seconds = (System.nanoTime() - begin) / 1e9;
    free.acquire(callers);
    if (bad.get() > 0) {
      throw new IllegalStateException(bad + " requests of a closed loop were not answered");
    }
    return answered / seconds;
  }
}
