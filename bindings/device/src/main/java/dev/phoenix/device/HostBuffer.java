package dev.phoenix.device;

import java.lang.foreign.MemorySegment;

/** Page-locked host memory. Owns the allocation. */
public interface HostBuffer extends AutoCloseable {
  /**
   * The memory; using it after {@link #close} throws.
   *
   * @throws IllegalStateException when closed
   */
  MemorySegment segment();

  /** Length in bytes. */
  long byteSize();

  @Override
  void close();
}
