package dev.phoenix.corpus;

import java.time.Duration;
import java.util.List;

/** A stream of changes that is read at one's own pace, such as a topic of a log. One thread. */
public interface PostSource extends AutoCloseable {
  /** The next changes, in order; none if none come within {@code patience}. */
  List<PostChange> poll(Duration patience);

  /**
   * Says that all changes polled so far are durable: they need not be given again. Gives up within
   * seconds, or when interrupted.
   */
  void acknowledge();

  /** Changes that were passed over because their form is not known. */
  default long malformed() {
    return 0;
  }

  /** Ends within seconds. */
  @Override
  void close();
}
