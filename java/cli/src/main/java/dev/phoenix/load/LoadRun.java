package dev.phoenix.load;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One run: starts every request at its scheduled time, whether or not earlier ones have been
 * answered, and records when each ends. Latency counts from the scheduled start, so it includes
 * delays of the generator.
 */
public final class LoadRun {
  /** Waits shorter than this spin, because sleeping is not as exact. */
  private static final long SPIN_NANOS = 60_000;

  /** A callback between the warm-up and the measurement. */
  @FunctionalInterface
  public interface Measured {
    /** Runs before the measurement, which begins when this returns. */
    void begin() throws InterruptedException;
  }

  private final LoadPlan plan;
  private final LoadTarget target;
  private final long[] startNanos;
  private final long[] lagNanos;
  private final long[] latencyNanos;
  private final Outcome[] outcomes;
  private final AtomicInteger open = new AtomicInteger();

  private LoadRun(LoadPlan plan, LoadTarget target) {
    this.plan = plan;
    this.target = target;
    this.startNanos = Arrivals.of(plan);
    this.lagNanos = new long[startNanos.length];
    this.latencyNanos = new long[startNanos.length];
    this.outcomes = new Outcome[startNanos.length];
    Arrays.fill(outcomes, Outcome.LOST);
  }

  /**
   * Puts {@code plan} on {@code target}; returns when every request has ended or its deadline has
   * passed.
   *
   * @param measured called when the warm-up is over
   */
  public static LoadSamples of(LoadPlan plan, LoadTarget target, Measured measured)
      throws InterruptedException {
    LoadRun run = new LoadRun(plan, target);
    run.start(measured);
    run.awaitEnd();
    return run.samples();
  }

  private void start(Measured measured) throws InterruptedException {
    long begin = System.nanoTime();
    int first = firstMeasured();
    for (int i = 0; i < first; i++) {
      startAt(begin + startNanos[i], i);
    }
    waitUntil(begin + plan.warmUp().toNanos());
    long pause = System.nanoTime();
    measured.begin();
    // Shifts the schedule: requests due during the callback would all start late at once.
    begin += System.nanoTime() - pause;
    for (int i = first; i < startNanos.length; i++) {
      startAt(begin + startNanos[i], i);
    }
  }

  private int firstMeasured() {
    int first = 0;
    while (first < startNanos.length && startNanos[first] < plan.warmUp().toNanos()) {
      first++;
    }
    return first;
  }

  private void startAt(long due, int i) throws InterruptedException {
    waitUntil(due);
    start(i, due);
  }

  private void start(int i, long due) {
    open.incrementAndGet();
    long now = System.nanoTime();
    lagNanos[i] = now - due;
    long left = due + plan.deadline().toNanos() - now;
    if (left <= 0) {
      end(i, due, Outcome.LATE);
    } else {
      target.start(i, left, outcome -> end(i, due, outcome));
    }
  }

  /** Records the end of request {@code i}; decrementing the count publishes it to readers. */
  private void end(int i, long due, Outcome outcome) {
    latencyNanos[i] = System.nanoTime() - due;
    outcomes[i] = outcome;
    open.decrementAndGet();
  }

  private static void waitUntil(long due) throws InterruptedException {
    long left = due - System.nanoTime();
    while (left > 0) {
      if (Thread.interrupted()) {
        throw new InterruptedException("the load was interrupted");
      }
      if (left > SPIN_NANOS) {
        LockSupport.parkNanos(left - SPIN_NANOS);
      } else {
        Thread.onSpinWait();
      }
      left = due - System.nanoTime();
    }
  }

  private void awaitEnd() throws InterruptedException {
    long patience = System.nanoTime() + plan.deadline().toNanos() + TimeUnit.SECONDS.toNanos(5);
    while (open.get() > 0 && System.nanoTime() < patience) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private LoadSamples samples() {
    int first = firstMeasured();
    int end = startNanos.length;
    long[] starts = Arrays.copyOfRange(startNanos, first, end);
    for (int i = 0; i < starts.length; i++) {
      starts[i] -= plan.warmUp().toNanos();
    }
    return new LoadSamples(
        starts,
        Arrays.copyOfRange(lagNanos, first, end),
        Arrays.copyOfRange(latencyNanos, first, end),
        Arrays.copyOfRange(outcomes, first, end));
  }
}
