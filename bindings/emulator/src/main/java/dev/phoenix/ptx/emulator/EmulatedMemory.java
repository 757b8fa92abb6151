package dev.phoenix.ptx.emulator;

import dev.phoenix.device.DeviceBuffer;

/** Memory that kernels of the emulated device can reach. */
interface EmulatedMemory extends DeviceBuffer {
  /**
   * The memory, which is live.
   *
   * @throws IllegalStateException when it is closed
   */
  Allocation allocation();
}
