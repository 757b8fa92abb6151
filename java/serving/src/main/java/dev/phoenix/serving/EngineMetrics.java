package dev.phoenix.serving;

import java.util.function.DoubleSupplier;

/**
 * Is told what an engine does, so that a program counts it with the library of its choice. Every
 * method does nothing unless it is overridden. Methods are called by many threads at once and must
 * be quick: some are called while the engine's queue is locked.
 */
public interface EngineMetrics {
  /** Counts nothing. */
  EngineMetrics NONE = new EngineMetrics() {};

  /** Offers a value that can be read at any time, by any thread. */
  default void watch(String name, String help, DoubleSupplier value) {}

  /** A request came whose answer is expected {@code etaNanos} after its arrival. */
  default void predicted(long etaNanos) {}

  /** A request left the queue, {@code nanos} after it came. */
  default void queued(long nanos) {}

  /** A batch of {@code size} requests ran for {@code nanos}. */
  default void batch(int size, long nanos) {}

  /**
   * The models computed rows.
   *
   * @param processed rows of histories and candidates
   * @param padded rows that were computed only because sizes are rounded up
   */
  default void tokens(int processed, int padded) {}

  /**
   * A request was queued with a history of {@code events}, of which the models read {@code read}.
   */
  default void history(int events, int read) {}

  /**
   * A kept history was looked for by {@code part}, which is {@code retrieval} or {@code ranking}.
   */
  default void lookup(String part, boolean found) {}

  /** The kept histories take {@code change} more bytes; fewer where it is negative. */
  default void keptBytes(long change) {}

  /** An output of a model was no finite number. */
  default void notFinite() {}

  /** A model was loaded and serves. */
  default void loaded() {}

  /** A model could not be loaded; the one before serves on. */
  default void loadFailed() {}

  /** An HTTP body took {@code nanos} to be read into a request, or to be written. */
  default void codec(long nanos) {}

  /**
   * A request was answered.
   *
   * @param grpcStatus the name of its status
   * @param nanos from its arrival
   */
  default void answered(String grpcStatus, long nanos) {}

  /** A request was refused before it was read; it has no latency to speak of. */
  default void refused(String grpcStatus) {}

  /** A request was not answered with a result. */
  default void rejected(Rejection.Reason reason) {}
}
