package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceBuffer;

/** Memory that this device's kernels can reach. */
interface CudaMemory extends DeviceBuffer {
  /** Whether it was allocated in this context. */
  boolean isOf(CudaContext context);
}
