package dev.phoenix.serving;

import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * A listener for the events of an engine, which a program implements with a metrics library of its
 * choice. Every method does nothing unless it is overridden. Many threads call the methods at once,
 * some while they hold the lock of the engine's queue, so they must return quickly.
 */
public interface EngineMetrics {
  /** Counts nothing. */
  EngineMetrics NONE = new EngineMetrics() {};

  /** Registers a gauge, whose value any thread may read at any time. */
  default void watch(String name, String help, DoubleSupplier value) {}

  /**
   * Registers one of several gauges of a name.
   *
   * @param labels tell it from the others; the names are the same for all
   */
  default void watch(String name, String help, Map<String, String> labels, DoubleSupplier value) {}

  /** A request arrived; its answer is predicted {@code etaNanos} after the arrival. */
  default void predicted(long etaNanos) {}

  /** A request left the queue {@code nanos} after its arrival. */
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
   * A request was queued.
   *
   * @param events the number of events of its history
   * @param read the number of events that the models read
   */
  default void history(int events, int read) {}

  /**
   * A stage looked up a kept history.
   *
   * @param part {@code retrieval} or {@code ranking}
   * @param found whether the history was kept
   */
  default void lookup(String part, boolean found) {}

  /** The size of the kept histories changed by {@code change} bytes. */
  default void keptBytes(long change) {}

  /** A model computed an output that is not finite. */
  default void notFinite() {}

  /** A model was loaded and serves. */
  default void loaded() {}

  /** A model could not be loaded; the previous one continues to serve. */
  default void loadFailed() {}

  /**
   * A request was answered.
   *
   * @param grpcStatus the name of its status
   * @param nanos from its arrival
   */
  default void answered(String grpcStatus, long nanos) {}

  /** A request was refused before its message was read. Its latency is not counted. */
  default void refused(String grpcStatus) {}

  /** A request was not answered with a result. */
  default void rejected(Rejection.Reason reason) {}
}
