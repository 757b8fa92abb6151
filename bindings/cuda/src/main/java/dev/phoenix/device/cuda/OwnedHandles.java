package dev.phoenix.device.cuda;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a composite owns, closed in reverse; one that fails to close does not keep the others. */
final class OwnedHandles implements AutoCloseable {
  private final Deque<AutoCloseable> handles = new ArrayDeque<>();

  OwnedHandles() {}

  <T extends AutoCloseable> T add(T handle) {
    handles.push(handle);
    return handle;
  }

  /** Closes everything after a failure, to which failures to close are added. */
  void closeAfter(RuntimeException failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    RuntimeException first = null;
    while (!handles.isEmpty()) {
      try {
        handles.pop().close();
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      } catch (Exception e) {
        throw new AssertionError("handles throw nothing checked", e);
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
