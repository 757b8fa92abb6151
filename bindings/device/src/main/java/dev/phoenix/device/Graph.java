package dev.phoenix.device;

/** Captured work, instantiated and ready for {@link Stream#launch(Graph)}, and its owner. */
public interface Graph extends AutoCloseable {
  /** How many operations it holds. */
  int operations();

  @Override
  void close();
}
