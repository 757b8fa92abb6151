package dev.phoenix.ptx.emulator;

import dev.phoenix.device.MappedBuffer;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * Host memory that kernels may access. Host writes cannot be tracked, so all of it counts as
 * initialised.
 */
final class EmulatedMappedBuffer extends EmulatedBuffer implements MappedBuffer {
  /** The owner of {@code allocation}, which {@code free} ends. */
  EmulatedMappedBuffer(Allocation allocation, Consumer<Allocation> free) {
    super(allocation, free);
  }

  @Override
  public MemorySegment segment() {
    return allocation().data(0, byteSize());
  }
}
