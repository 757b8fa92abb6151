package dev.phoenix.device.cuda;

import jcuda.driver.CUstream;

/** A stream handle whose value can be passed to cuBLASLt. */
final class StreamHandle extends CUstream {
  /** The handle's value. */
  long value() {
    return getNativePointer();
  }
}
