package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceBuffer;

/** Memory that kernels of a CUDA device can access. */
interface CudaMemory extends DeviceBuffer {
  /** Whether it was allocated in this context. */
  boolean isOf(CudaContext context);
}
