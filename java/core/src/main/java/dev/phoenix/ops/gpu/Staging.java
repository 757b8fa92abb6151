package dev.phoenix.ops.gpu;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.HostBuffer;
import dev.phoenix.lifecycle.Closer;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A pinned host buffer and a device buffer of the same size for the inputs of one run. Slots are
 * allocated one after the other; one copy uploads all slots.
 */
final class Staging implements AutoCloseable {
  private static final long ALIGNMENT = 256;

  /** Largest size that doubling reaches: one page-locked allocation has less than 2 GiB. */
  private static final long MAX_AHEAD = (1L << 31) - ALIGNMENT;

  private final Device device;
  private HostBuffer host;
  private DeviceBuffer mirror;
  private long used;

  /** The same range in both buffers. */
  record Slot(MemorySegment host, DeviceMemory device) {}

  private Staging(Device device, Buffers buffers) {
    this.device = device;
    this.host = buffers.host();
    this.mirror = buffers.mirror();
  }

  static Staging create(Device device, long byteSize) {
    return new Staging(device, Buffers.allocate(device, byteSize));
  }

  private record Buffers(HostBuffer host, DeviceBuffer mirror) {
    static Buffers allocate(Device device, long byteSize) {
      return Closer.open(
          parts ->
              new Buffers(
                  parts.own(device.allocateHost(byteSize)), parts.own(device.allocate(byteSize))));
    }
  }

  /** Whether a slot of {@code byteSize} bytes is still free. */
  boolean fits(long byteSize) {
    return used + byteSize <= host.byteSize();
  }

  /**
   * Allocates a slot, which must {@linkplain #fits fit}. The caller writes its host bytes before
   * the next run.
   */
  Slot cut(long byteSize) {
    Slot slot = new Slot(host.segment().asSlice(used, byteSize), mirror.slice(used, byteSize));
    long next = Math.ceilDiv(used + byteSize, ALIGNMENT) * ALIGNMENT;
    host.segment()
        .asSlice(used + byteSize, Math.min(next, host.byteSize()) - used - byteSize)
        .fill((byte) 0);
    used = Math.min(next, host.byteSize());
    return slot;
  }

  /** Whether no slot has been allocated since the last {@link #restart}. */
  boolean isEmpty() {
    return used == 0;
  }

  /** The command that copies all slots to the device. */
  Command upload() {
    return new Command.Upload(mirror.slice(0, used), host.segment().asSlice(0, used));
  }

  /** Frees all slots; the device must have finished with them. */
  void restart() {
    used = 0;
  }

  /** Reallocates both buffers for at least {@code byteSize} bytes. No slot may be in use. */
  void grow(long byteSize) {
    long doubled = Math.min(2 * host.byteSize(), MAX_AHEAD);
    long larger = Math.max(doubled, byteSize + ALIGNMENT);
    Buffers buffers = Buffers.allocate(device, larger);
    close();
    host = buffers.host();
    mirror = buffers.mirror();
    used = 0;
  }

  @Override
  public void close() {
    Closer.closeAll(List.of(host, mirror));
  }
}
