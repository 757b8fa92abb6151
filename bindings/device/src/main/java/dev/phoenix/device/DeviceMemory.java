package dev.phoenix.device;

/** A range of device memory: a whole {@link DeviceBuffer} or a slice of one. */
public sealed interface DeviceMemory permits DeviceBuffer, DeviceSlice {
  /**
   * The device address of the first byte; meaningless on the host.
   *
   * @throws IllegalStateException when the buffer is closed
   */
  long address();

  /** Length in bytes. */
  long byteSize();

  /** The buffer that owns the bytes. */
  DeviceBuffer owner();

  /**
   * A view of a part of this range, valid until the owner is closed.
   *
   * @param offset bytes from the start of this range
   * @param byteSize length in bytes
   * @throws IndexOutOfBoundsException when the part does not lie inside this range
   */
  DeviceMemory slice(long offset, long byteSize);
}
