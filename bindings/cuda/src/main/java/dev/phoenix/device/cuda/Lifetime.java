package dev.phoenix.device.cuda;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether a handle is open: it ends once, and use after the end throws. */
final class Lifetime {
  private final String what;
  private final AtomicBoolean ended = new AtomicBoolean();

  /**
   * @param what as it reads in "... is closed", e.g. {@code the stream}
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

  /** Ends it; true for the one caller that has to release the handle. */
  boolean end() {
    return ended.compareAndSet(false, true);
  }
}
