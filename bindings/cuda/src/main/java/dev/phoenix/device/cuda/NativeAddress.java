package dev.phoenix.device.cuda;

import jcuda.Pointer;

/** A native host address as JCuda takes it, without a buffer or an array behind it. */
final class NativeAddress extends Pointer {
  NativeAddress(long address) {
    super(address);
  }

  /** The address, as passed to the constructor or written by a call. */
  long value() {
    return getNativePointer() + getByteOffset();
  }
}
