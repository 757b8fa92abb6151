package dev.phoenix.ops.gpu;

import java.util.Locale;

/** Where embedding tables lie that a device gathers from. */
public enum TablePlacement {
  /**
   * In device memory if the table takes at most half of what is free there when it is made, so that
   * as much stays for weights, activations and a corpus; else in host memory.
   */
  AUTO,
  /** In device memory; a table that does not fit is an error. */
  DEVICE,
  /** In page-locked host memory, which the device reads over the bus row by row. */
  HOST;

  private static final int SHARE_OF_FREE_MEMORY = 2;

  /** Whether a table of {@code byteSize} goes where {@code free} bytes of device memory are. */
  boolean isOnDevice(long byteSize, long free) {
    return this == DEVICE || (this == AUTO && byteSize <= free / SHARE_OF_FREE_MEMORY);
  }

  /** The name as the command line spells it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
