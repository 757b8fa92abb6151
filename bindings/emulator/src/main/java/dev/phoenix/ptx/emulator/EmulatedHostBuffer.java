package dev.phoenix.ptx.emulator;

import dev.phoenix.device.HostBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Host memory; nothing needs pinning here. */
final class EmulatedHostBuffer implements HostBuffer {
  private final EmulatedDevice device;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;

  private EmulatedHostBuffer(EmulatedDevice device, long byteSize) {
    this.device = device;
    this.segment = arena.allocate(byteSize, 64);
  }

  static EmulatedHostBuffer create(EmulatedDevice device, long byteSize) {
    return new EmulatedHostBuffer(device, byteSize);
  }

  @Override
  public MemorySegment segment() {
    if (!arena.scope().isAlive()) {
      throw new IllegalStateException("the host buffer is closed");
    }
    return segment;
  }

  @Override
  public long byteSize() {
    return segment.byteSize();
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      device.hostClosed(this);
      arena.close();
    }
  }
}
