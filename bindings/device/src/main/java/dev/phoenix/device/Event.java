package dev.phoenix.device;

/** A point in a stream's work, set by {@link Stream#record}. */
public interface Event extends AutoCloseable {
  /** Whether the work before the last recording is complete; true if never recorded. */
  boolean isComplete();

  /** Waits for the last recording. */
  void synchronize();

  /**
   * Milliseconds between two recordings, both complete.
   *
   * @throws DeviceException when one of them is not recorded or not complete
   */
  float millisecondsSince(Event start);

  @Override
  void close();
}
