package dev.phoenix.bench.gpu;

import java.time.Duration;

/** The time that a run may take. Work that would not fit is skipped and listed. */
public final class Budget {
  private final long end;

  private Budget(long end) {
    this.end = end;
  }

  /** A budget that begins now. */
  public static Budget of(Duration duration) {
    return new Budget(System.nanoTime() + duration.toNanos());
  }

  /** The remaining time; never negative. */
  public Duration left() {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  /** Whether something that takes {@code duration} would still fit. */
  public boolean allows(Duration duration) {
    return left().compareTo(duration) >= 0;
  }
}
