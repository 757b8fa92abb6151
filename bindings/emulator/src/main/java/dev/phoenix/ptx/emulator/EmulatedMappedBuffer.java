package dev.phoenix.ptx.emulator;

import dev.phoenix.device.MappedBuffer;
import java.lang.foreign.MemorySegment;

/**
 * Host memory that kernels may access. Host writes cannot be tracked, so all of it counts as
 * initialised.
 */
final class EmulatedMappedBuffer implements MappedBuffer, EmulatedMemory {
  private final EmulatedDevice device;
  private final Allocation allocation;

  private EmulatedMappedBuffer(EmulatedDevice device, Allocation allocation) {
    this.device = device;
    this.allocation = allocation;
  }

  static EmulatedMappedBuffer create(EmulatedDevice device, Allocation allocation) {
    return new EmulatedMappedBuffer(device, allocation);
  }

  @Override
  public Allocation allocation() {
    if (!allocation.live) {
      throw new IllegalStateException(allocation.label + " is closed");
    }
    return allocation;
  }

  @Override
  public MemorySegment segment() {
    return allocation().data(0, allocation.byteSize);
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
      device.freeMapped(allocation);
    }
  }

  @Override
  public String toString() {
    return allocation.label;
  }
}
