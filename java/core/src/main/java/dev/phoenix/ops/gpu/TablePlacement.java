package dev.phoenix.ops.gpu;

import java.util.Locale;

/** The memory that holds the embedding tables of a device. */
public enum TablePlacement {
  /**
   * Device memory if the table takes at most half of the free device memory at creation, which
   * leaves the other half for weights, activations and a corpus; else host memory.
   */
  AUTO,
  /** Device memory; a table that does not fit is an error. */
  DEVICE,
  /** Page-locked host memory, which the device reads over the bus row by row. */
  HOST;

  private static final int SHARE_OF_FREE_MEMORY = 2;

  /**
   * Whether a table of {@code byteSize} bytes goes to device memory with {@code free} free bytes.
   */
  boolean isOnDevice(long byteSize, long free) {
    return this == DEVICE || (this == AUTO && byteSize <= free / SHARE_OF_FREE_MEMORY);
  }

  /** The name as the command line spells it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
