package dev.phoenix.ptx.emulator;

import dev.phoenix.device.Graph;
import java.util.List;

/** Captured operations, replayed in order. */
final class EmulatedGraph implements Graph {
  private final EmulatedDevice device;
  private final List<Runnable> operations;
  private boolean closed;

  private EmulatedGraph(EmulatedDevice device, List<Runnable> operations) {
    this.device = device;
    this.operations = List.copyOf(operations);
  }

  static EmulatedGraph create(EmulatedDevice device, List<Runnable> operations) {
    return new EmulatedGraph(device, operations);
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
    device.handleClosed(this);
  }
}
