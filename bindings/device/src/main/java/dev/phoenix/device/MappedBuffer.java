package dev.phoenix.device;

import java.lang.foreign.MemorySegment;

/**
 * Page-locked host memory that kernels read where it lies, over the bus and byte by byte as they
 * need it: for what does not fit into device memory. One allocation with two addresses, and its
 * owner.
 *
 * <p>The host writes it before the work that reads it is put on a stream, and leaves it alone until
 * that is done.
 */
public interface MappedBuffer extends DeviceBuffer {
  /**
   * The memory as the host sees it; using it after {@link #close} throws.
   *
   * @throws IllegalStateException when closed
   */
  MemorySegment segment();
}
