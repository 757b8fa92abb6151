package dev.phoenix.corpus;

import java.time.Duration;
import java.util.List;

/** A stream of changes that is polled, such as a topic of a message log. Not thread-safe. */
public interface PostSource extends AutoCloseable {
  /** Returns the next changes in order; an empty list if none arrive within {@code patience}. */
  List<PostChange> poll(Duration patience);

  /**
   * Acknowledges all changes polled so far as durable, so that they are not delivered again. Fails
   * within seconds or when interrupted.
   */
  void acknowledge();

  /** The number of changes that were skipped because they could not be parsed. */
  default long malformed() {
    return 0;
  }

  /** Closes the source; returns within seconds. */
  @Override
  void close();
}
