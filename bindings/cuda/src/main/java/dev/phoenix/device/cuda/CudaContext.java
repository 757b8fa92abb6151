package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceMemory;
import java.util.concurrent.atomic.AtomicLong;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;

/**
 * Owns a reference to the primary context of a device, which cuBLASLt uses too. Counts the bytes
 * allocated in it.
 */
final class CudaContext implements AutoCloseable {
  private final CUdevice device;
  private final CUcontext handle;
  private final AtomicLong liveBytes = new AtomicLong();
  private final Lifetime lifetime = new Lifetime("the device");

  private CudaContext(CUdevice device, CUcontext handle) {
    this.device = device;
    this.handle = handle;
  }

  static CudaContext create(CUdevice device) {
    CUcontext handle = new CUcontext();
    int status = JCudaDriver.cuDevicePrimaryCtxRetain(handle, device);
    DriverStatus.check(status, "cuDevicePrimaryCtxRetain");
    return new CudaContext(device, handle);
  }

  /**
   * Makes this context current on the calling thread. Must precede every native call.
   *
   * <p>The current context is not cached per thread, although that would save some 50 ns per call:
   * it belongs to the carrier thread, a virtual thread may resume on another carrier, and other
   * code may change it.
   *
   * @throws IllegalStateException when the device is closed
   */
  void bind() {
    lifetime.check();
    int status = JCudaDriver.cuCtxSetCurrent(handle);
    DriverStatus.check(status, "cuCtxSetCurrent");
  }

  boolean isOpen() {
    return lifetime.isOpen();
  }

  /**
   * The address of memory of this device.
   *
   * @throws IllegalArgumentException when it belongs to another device
   * @throws IllegalStateException when its buffer is closed
   */
  long addressOf(DeviceMemory memory) {
    if (!(memory.owner() instanceof CudaMemory buffer) || !buffer.isOf(this)) {
      throw new IllegalArgumentException("memory of another device");
    }
    return memory.address();
  }

  void allocated(long byteSize) {
    liveBytes.addAndGet(byteSize);
  }

  void freed(long byteSize) {
    liveBytes.addAndGet(-byteSize);
  }

  long liveBytes() {
    return liveBytes.get();
  }

  @Override
  public void close() {
    if (lifetime.end()) {
      int status = JCudaDriver.cuDevicePrimaryCtxRelease(device);
      DriverStatus.check(status, "cuDevicePrimaryCtxRelease");
    }
  }
}
