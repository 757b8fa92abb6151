package dev.phoenix.device;

/** Captured and instantiated work, for {@link Stream#launch(Graph)}. Owns its native handle. */
public interface Graph extends AutoCloseable {
  /** Number of operations. */
  int operations();

  @Override
  void close();
}
