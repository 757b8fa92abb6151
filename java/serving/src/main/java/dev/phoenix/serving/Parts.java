package dev.phoenix.serving;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a composite has opened, to be closed in reverse order. */
final class Parts implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  /** Takes {@code part} over and returns it. */
  <T extends AutoCloseable> T own(T part) {
    parts.push(part);
    return part;
  }

  /** Closes everything, even if closing some of it fails. Idempotent. */
  @Override
  public void close() {
    RuntimeException failure = null;
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IllegalStateException("closing a part failed");
        }
        failure.addSuppressed(e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
