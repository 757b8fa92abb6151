package dev.phoenix.device;

import java.util.Objects;

/**
 * A part of a buffer; owns nothing.
 *
 * @param owner the buffer
 * @param offset bytes from the start of the buffer
 * @param byteSize length in bytes
 */
public record DeviceSlice(DeviceBuffer owner, long offset, long byteSize) implements DeviceMemory {
  /** Checks that the part lies inside the buffer. */
  public DeviceSlice {
    Objects.checkFromIndexSize(offset, byteSize, owner.byteSize());
  }

  @Override
  public long address() {
    return owner.address() + offset;
  }

  @Override
  public DeviceMemory slice(long partOffset, long partByteSize) {
    Objects.checkFromIndexSize(partOffset, partByteSize, byteSize);
    return new DeviceSlice(owner, offset + partOffset, partByteSize);
  }
}
