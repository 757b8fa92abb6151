package dev.phoenix.device;

import java.lang.foreign.MemorySegment;

/**
 * Page-locked host memory that is mapped into the device's address space: kernels read it over the
 * bus. Meant for data that does not fit into device memory.
 *
 * <p>The host must write it before launching work that reads it, and must not change it until that
 * work is complete.
 */
public interface MappedBuffer extends DeviceBuffer {
  /**
   * The memory as the host sees it; using it after {@link #close} throws.
   *
   * @throws IllegalStateException when closed
   */
  MemorySegment segment();
}
