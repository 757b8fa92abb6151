package dev.phoenix.tensor;

import dev.phoenix.lifecycle.Closer;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Holds the buffers of a forward pass and grows them to the largest batch so far. The first batch
 * creates them; a batch with more rows replaces them. The old buffers are closed before the new
 * ones are created, so that memory holds one set at a time. If creation fails, the next batch tries
 * again. Not thread-safe.
 *
 * @param <S> the state
 */
public final class Growable<S extends AutoCloseable> implements AutoCloseable {
  private final IntUnaryOperator capacityFor;
  private final IntFunction<S> maker;
  private @Nullable S state;
  private int capacity;
  private boolean closed;

  /**
   * Creates an empty holder.
   *
   * @param capacityFor maps the rows of a batch to a capacity in rows, which is at least as large
   * @param maker creates a state for a capacity in rows; where it throws, it leaves nothing open
   */
  public Growable(IntUnaryOperator capacityFor, IntFunction<S> maker) {
    this.capacityFor = capacityFor;
    this.maker = maker;
  }

  /**
   * Returns a state with capacity for at least {@code rows} rows.
   *
   * @throws IllegalStateException if it was closed
   */
  public S reserve(int rows) {
    if (closed) {
      throw new IllegalStateException("the state of this object is closed");
    }
    S current = state;
    if (current != null && rows <= capacity) {
      return current;
    }
    release();
    int larger = capacityFor.applyAsInt(rows);
    S made = maker.apply(larger);
    state = made;
    capacity = larger;
    return made;
  }

  /**
   * The state that was reserved last.
   *
   * @throws IllegalStateException if there is none
   */
  public S get() {
    S current = state;
    if (current == null) {
      throw new IllegalStateException("no state is reserved");
    }
    return current;
  }

  /** Closes the state, if there is one; none can be reserved afterwards. */
  @Override
  public void close() {
    closed = true;
    release();
  }

  private void release() {
    S current = state;
    state = null;
    if (current != null) {
      Closer.closeAll(List.of(current));
    }
  }
}
