package dev.phoenix.client;

import java.util.concurrent.atomic.AtomicInteger;

/** A budget of retries: every first call adds a fraction of one retry, up to a maximum. */
final class RetryBudget {
  private static final int ONE = 1000;
  private static final int MOST = 10 * ONE;

  private final int earned;
  private final AtomicInteger left = new AtomicInteger(MOST);

  RetryBudget(double perCall) {
    this.earned = (int) Math.round(perCall * ONE);
  }

  void called() {
    left.getAndUpdate(now -> Math.min(MOST, now + earned));
  }

  /** Takes one retry if there is one. */
  boolean tryRetry() {
    return left.getAndUpdate(now -> now >= ONE ? now - ONE : now) >= ONE;
  }
}
