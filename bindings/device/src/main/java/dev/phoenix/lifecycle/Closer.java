package dev.phoenix.lifecycle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An owner of resources that closes them in the reverse order of their opening.
 *
 * <p>Closing closes every resource, even where closing some of them fails: the first failure is
 * thrown, the others are suppressed in it. An object that opens several resources is constructed in
 * {@link #open}, so that a failure closes the resources opened before it:
 *
 * <pre>{@code
 * static Pair open(Path left, Path right) {
 *   return Closer.open(parts -> new Pair(parts, left, right));
 * }
 *
 * private Pair(Closer parts, Path left, Path right) {
 *   this.parts = parts;
 *   this.left = parts.own(Reader.open(left));
 *   this.right = parts.own(Reader.open(right));
 * }
 *
 * public void close() {
 *   parts.close();
 * }
 * }</pre>
 *
 * Not thread-safe.
 */
public final class Closer implements AutoCloseable {
  private final Deque<AutoCloseable> resources = new ArrayDeque<>();
  private boolean closed;

  /** Creates a closer that owns nothing. */
  public Closer() {}

  /**
   * Opens an object in one or more steps.
   *
   * @param <T> type of the object, which may keep the closer to close its resources later
   */
  @FunctionalInterface
  public interface Opening<T> {
    /** Opens the object. If this throws, everything that {@code closer} owns is closed. */
    T open(Closer closer);
  }

  /**
   * Runs {@code opening} and returns its result. If it throws, closes everything its closer owns,
   * in reverse order, and rethrows; failures to close are added as suppressed exceptions.
   */
  public static <T> T open(Opening<T> opening) {
    Closer closer = new Closer();
    try {
      return opening.open(closer);
    } catch (RuntimeException | Error failed) {
      closer.closeAfter(failed);
      throw failed;
    }
  }

  /**
   * Takes ownership of {@code resource} and returns it.
   *
   * @throws IllegalStateException if the owner is closed; {@code resource} is closed then, too
   */
  public <T extends AutoCloseable> T own(T resource) {
    resources.push(resource);
    if (closed) {
      IllegalStateException refused = new IllegalStateException("the owner is closed");
      closeAfter(refused);
      throw refused;
    }
    return resource;
  }

  /** Closes everything; failures to close are added to {@code failure} as suppressed exceptions. */
  public void closeAfter(Throwable failure) {
    Throwable closing = closeEach();
    if (closing != null && !closing.equals(failure)) {
      failure.addSuppressed(closing);
    }
  }

  /**
   * Closes everything. Idempotent.
   *
   * @throws RuntimeException the first failure to close; a checked exception is wrapped. Later
   *     failures are suppressed in it
   */
  @Override
  public void close() {
    Throwable first = closeEach();
    switch (first) {
      case null -> {}
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      default -> throw new IllegalStateException("closing failed: " + first, first);
    }
  }

  /** Closes {@code resources} from the last to the first, as {@link #close} does. */
  public static void closeAll(Collection<? extends AutoCloseable> resources) {
    Closer closer = new Closer();
    List<AutoCloseable> all = new ArrayList<>(resources);
    all.forEach(closer::own);
    closer.close();
  }

  private @Nullable Throwable closeEach() {
    closed = true;
    Throwable first = null;
    while (!resources.isEmpty()) {
      try {
        resources.pop().close();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        first = joined(first, interrupted);
      } catch (Exception | Error failed) {
        first = joined(first, failed);
      }
    }
    return first;
  }

  private static Throwable joined(@Nullable Throwable first, Throwable next) {
    if (first == null) {
      return next;
    }
    if (!first.equals(next)) {
      first.addSuppressed(next);
    }
    return first;
  }
}
