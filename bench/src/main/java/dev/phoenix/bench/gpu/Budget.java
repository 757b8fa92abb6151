package dev.phoenix.bench.gpu;

import java.time.Duration;

/** Time that a run may take: what would not fit is left out and named. */
public final class Budget {
  private final long end;

  private Budget(long end) {
    this.end = end;
  }

  /** A budget that begins now. */
  public static Budget of(Duration duration) {
    return new Budget(System.nanoTime() + duration.toNanos());
  }

  /** What is left; never negative. */
  public Duration left() {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  /** Whether something that takes {@code duration} would still fit. */
  public boolean allows(Duration duration) {
    return left().compareTo(duration) >= 0;
  }
}
