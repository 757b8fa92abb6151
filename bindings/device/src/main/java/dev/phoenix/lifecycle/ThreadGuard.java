package dev.phoenix.lifecycle;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ConcurrentModificationException;
import org.jspecify.annotations.Nullable;

/**
 * Detects that an object which serves one thread at a time is used by two at once.
 *
 * <p>Every operation of the object runs between {@link #enter} and the closing of what it returns:
 *
 * <pre>{@code
 * try (var _ = guard.enter()) {
 *   ...
 * }
 * }</pre>
 *
 * The thread that is inside may enter again. Between operations the object may pass from one thread
 * to another; what the first thread wrote is then visible to the second. It costs one
 * compare-and-set an operation and allocates nothing.
 */
public final class ThreadGuard {
  private static final VarHandle OWNER = owner();

  private final String what;
  private final String remedy;
  private final Use use = this::leave;
  private volatile @Nullable Thread owner;

  /** Written and read by the owner alone. */
  private int depth;

  /** An operation under way. */
  @FunctionalInterface
  public interface Use extends AutoCloseable {
    /** Ends the operation. */
    @Override
    void close();
  }

  /**
   * A guard of one object.
   *
   * @param what the object, as messages name it: its class
   * @param remedy what several threads should use instead, a clause in the imperative
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
   * @return ends the operation when it is closed, by the same thread
   * @throws ConcurrentModificationException if another thread's operation is under way, which goes
   *     on undisturbed
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
