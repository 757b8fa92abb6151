package dev.phoenix.bench.gpu;

import dev.phoenix.device.Device;

/** A device lent to operations that would close it with themselves. */
final class UnownedDevice extends DelegatingDevice {
  UnownedDevice(Device device) {
    super(device);
  }

  /** Leaves the device open for its owner. */
  @Override
  public void close() {
    synchronize();
  }
}
