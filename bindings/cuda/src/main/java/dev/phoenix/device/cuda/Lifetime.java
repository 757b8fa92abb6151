package dev.phoenix.device.cuda;

import java.util.concurrent.atomic.AtomicBoolean;

/** Tracks whether a handle is open. Use after close throws. */
final class Lifetime {
  private final String what;
  private final AtomicBoolean ended = new AtomicBoolean();

  /**
   * @param what subject of the message "... is closed", e.g. {@code the stream}
   */
  Lifetime(String what) {
    this.what = what;
  }

  /**
   * Checks that the handle is open.
   *
   * @throws IllegalStateException when it is closed
   */
  void check() {
    if (ended.get()) {
      throw new IllegalStateException(what + " is closed");
    }
  }

  boolean isOpen() {
    return !ended.get();
  }

  /** Closes it; returns true to exactly one caller, which must release the handle. */
  boolean end() {
    return ended.compareAndSet(false, true);
  }
}
