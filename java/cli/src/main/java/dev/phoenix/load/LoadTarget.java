package dev.phoenix.load;

import java.util.function.Consumer;

/** What load is put on. */
public interface LoadTarget extends AutoCloseable {
  /**
   * Starts a request and returns at once.
   *
   * @param number which request, from 0; decides what is asked for
   * @param deadlineNanos nanoseconds from now
   * @param done told the outcome, once, by any thread
   */
  void start(int number, long deadlineNanos, Consumer<Outcome> done);

  @Override
  void close();
}
