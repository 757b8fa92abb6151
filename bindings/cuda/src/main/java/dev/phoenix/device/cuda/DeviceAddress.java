package dev.phoenix.device.cuda;

import jcuda.driver.CUdeviceptr;

/** A device address as JCuda takes it. */
final class DeviceAddress extends CUdeviceptr {
  DeviceAddress(long address) {
    // JCuda has no constructor from a number: the native side adds pointer (here null) and offset.
    super(new CUdeviceptr(), address);
  }

  /** The address, as passed to the constructor or written by a call. */
  long value() {
    return getNativePointer() + getByteOffset();
  }
}
