package dev.phoenix.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what other threads and processes do, where nothing tells when they have done it. */
public final class Await {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration GLANCE = Duration.ofMillis(1);

  private Await() {}

  /** Returns as soon as {@code condition} holds; fails where it does not within a minute. */
  public static void until(String what, BooleanSupplier condition) {
    until(() -> what, condition);
  }

  /** Returns as soon as {@code condition} holds; fails where it does not within a minute. */
  public static void until(Supplier<String> what, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - begin < PATIENCE.toNanos(), what);
      LockSupport.parkNanos(GLANCE.toNanos());
    }
  }
}
