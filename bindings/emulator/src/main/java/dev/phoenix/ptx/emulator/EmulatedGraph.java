package dev.phoenix.ptx.emulator;

import dev.phoenix.device.Graph;
import java.util.List;

/** Captured operations, replayed in order. */
final class EmulatedGraph implements Graph {
  private final List<Runnable> operations;
  private boolean closed;

  private EmulatedGraph(List<Runnable> operations) {
    this.operations = List.copyOf(operations);
  }

  static EmulatedGraph create(List<Runnable> operations) {
    return new EmulatedGraph(operations);
  }

  void replay() {
    if (closed) {
      throw new IllegalStateException("the graph is closed");
    }
    operations.forEach(Runnable::run);
  }

  @Override
  public int operations() {
    return operations.size();
  }

  @Override
  public void close() {
    closed = true;
  }
}
