package dev.phoenix.ptx.emulator;

import java.util.function.Consumer;

/** An allocation of emulated device memory. */
class EmulatedBuffer implements EmulatedMemory {
  private final Allocation allocation;
  private final Consumer<Allocation> free;

  /** The owner of {@code allocation}, which {@code free} ends. */
  EmulatedBuffer(Allocation allocation, Consumer<Allocation> free) {
    this.allocation = allocation;
    this.free = free;
  }

  @Override
  public Allocation allocation() {
    if (!allocation.live) {
      throw new IllegalStateException(allocation.label + " is closed");
    }
    return allocation;
  }

  @Override
  public long address() {
    return allocation().base;
  }

  @Override
  public long byteSize() {
    return allocation.byteSize;
  }

  @Override
  public void close() {
    if (allocation.live) {
      free.accept(allocation);
    }
  }

  @Override
  public String toString() {
    return allocation.label;
  }
}
