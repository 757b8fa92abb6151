package dev.phoenix.device.cuda;

import jcuda.driver.CUfunction;

/** A function handle whose value can be passed to driver calls that JCuda lacks. */
final class FunctionHandle extends CUfunction {
  /** The handle's value. */
  long value() {
    return getNativePointer();
  }
}
