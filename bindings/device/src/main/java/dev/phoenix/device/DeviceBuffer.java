package dev.phoenix.device;

/** One allocation of device memory and its owner. */
public non-sealed interface DeviceBuffer extends DeviceMemory, AutoCloseable {
  @Override
  default DeviceBuffer owner() {
    return this;
  }

  @Override
  default DeviceMemory slice(long offset, long byteSize) {
    return new DeviceSlice(this, offset, byteSize);
  }

  /** Frees the memory. The caller must ensure that no stream still uses it. */
  @Override
  void close();
}
