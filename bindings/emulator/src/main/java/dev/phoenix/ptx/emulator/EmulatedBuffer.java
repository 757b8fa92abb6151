package dev.phoenix.ptx.emulator;

/** An allocation of emulated device memory. */
final class EmulatedBuffer implements EmulatedMemory {
  private final EmulatedDevice device;
  private final Allocation allocation;

  private EmulatedBuffer(EmulatedDevice device, Allocation allocation) {
    this.device = device;
    this.allocation = allocation;
  }

  static EmulatedBuffer create(EmulatedDevice device, Allocation allocation) {
    return new EmulatedBuffer(device, allocation);
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
      device.free(allocation);
    }
  }

  @Override
  public String toString() {
    return allocation.label;
  }
}
