package dev.phoenix.bench.gpu;

import dev.phoenix.device.DelegatingDevice;
import dev.phoenix.device.Device;

/** A wrapper whose {@code close} leaves the device open, for {@code Ops} that own their device. */
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
