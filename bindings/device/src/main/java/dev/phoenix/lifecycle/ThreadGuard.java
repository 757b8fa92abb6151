package dev.phoenix.lifecycle;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ConcurrentModificationException;
import org.jspecify.annotations.Nullable;

/**
 * Detects that an object which serves one thread at a time is used by two at once.
 *
 * <p>Every operation of the object runs inside an {@link #enter} block:
 *
 * <pre>{@code
 * try (var _ = guard.enter()) {
 *   ...
 * }
 * }</pre>
 *
 * The guard is reentrant. Between operations the object may pass from one thread to another; writes
 * of the first thread are visible to the second. An operation costs one compare-and-set and
 * allocates nothing.
 */
public final class ThreadGuard {
  private static final VarHandle OWNER = owner();

  private final String what;
  private final String remedy;
  private final Use use = this::leave;
  private volatile @Nullable Thread owner;

  /** Accessed by the owning thread only. */
  private int depth;

  /** An operation in progress. */
  @FunctionalInterface
  public interface Use extends AutoCloseable {
    /** Ends the operation. */
    @Override
    void close();
  }

  /**
   * A guard of one object.
   *
   * @param what name of the object in messages, e.g. its class
   * @param remedy advice for several threads, an imperative clause for the message
   */
  public ThreadGuard(String what, String remedy) {
    this.what = what;
    this.remedy = remedy;
  }

  private static VarHandle owner() {
    try {
      return MethodHandles.lookup().findVarHandle(ThreadGuard.class, "owner", Thread.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * Begins an operation of the calling thread.
   *
   * @return the operation, which the same thread ends by closing it
   * @throws ConcurrentModificationException if an operation of another thread is in progress, which
   *     is not affected
   */
  public Use enter() {
    Thread current = Thread.currentThread();
    if (!current.equals(owner) && !OWNER.compareAndSet(this, null, current)) {
      Thread other = owner;
      throw new ConcurrentModificationException(
          "%s serves one thread at a time: thread '%s' called it while thread '%s' was using it; %s"
              .formatted(
                  what, current.getName(), other == null ? "unknown" : other.getName(), remedy));
    }
    depth++;
    return use;
  }

  private void leave() {
    if (!Thread.currentThread().equals(owner)) {
      throw new IllegalStateException(
          "an operation of %s was ended by a thread that did not begin it".formatted(what));
    }
    if (--depth == 0) {
      owner = null;
    }
  }
}
