package dev.phoenix.tensor;

import dev.phoenix.lifecycle.Closer;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * State of a pass whose size follows the largest batch so far: made when a batch first needs it,
 * replaced by a larger one when a batch has more rows. The smaller one is closed before the larger
 * one is made, so that memory holds one at a time; if that fails, the next batch makes it anew. Not
 * thread-safe.
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
   * No state yet.
   *
   * @param capacityFor the rows to make room for where a batch has a number of rows; at least as
   *     many
   * @param maker makes a state with room for a number of rows, or throws and leaves nothing open
   */
  public Growable(IntUnaryOperator capacityFor, IntFunction<S> maker) {
    this.capacityFor = capacityFor;
    this.maker = maker;
  }

  /**
   * The state, with room for {@code rows} rows or more.
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
