package dev.phoenix.load;

import java.util.function.Consumer;

/** The target of a load run. */
public interface LoadTarget extends AutoCloseable {
  /**
   * Starts a request and returns at once.
   *
   * @param number the number of the request, from 0; selects its content
   * @param deadlineNanos nanoseconds from now
   * @param done called once with the outcome, on any thread
   */
  void start(int number, long deadlineNanos, Consumer<Outcome> done);

  @Override
  void close();
}
