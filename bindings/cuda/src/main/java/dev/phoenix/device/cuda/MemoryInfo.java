package dev.phoenix.device.cuda;

import jcuda.driver.JCudaDriver;

/**
 * The current memory of a device.
 *
 * @param free bytes that are free
 * @param total bytes in total
 */
record MemoryInfo(long free, long total) {
  static MemoryInfo read(CudaContext context) {
    context.bind();
    long[] free = new long[1];
    long[] total = new long[1];
    int status = JCudaDriver.cuMemGetInfo(free, total);
    DriverStatus.check(status, "cuMemGetInfo");
    return new MemoryInfo(free[0], total[0]);
  }
}
