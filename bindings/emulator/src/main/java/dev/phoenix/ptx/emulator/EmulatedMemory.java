package dev.phoenix.ptx.emulator;

import dev.phoenix.device.DeviceBuffer;

/** Memory that kernels of the emulated device can access. */
interface EmulatedMemory extends DeviceBuffer {
  /**
   * The allocation.
   *
   * @throws IllegalStateException when it is closed
   */
  Allocation allocation();
}
