package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceException;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** An allocation of device memory. */
final class CudaBuffer implements CudaMemory {
  private final CudaContext context;
  private final long address;
  private final long byteSize;
  private final Lifetime lifetime = new Lifetime("the buffer");

  private CudaBuffer(CudaContext context, long address, long byteSize) {
    this.context = context;
    this.address = address;
    this.byteSize = byteSize;
  }

  static CudaBuffer create(CudaContext context, long byteSize) {
    if (byteSize < 1) {
      throw new IllegalArgumentException("at least one byte, not " + byteSize);
    }
    context.bind();
    DeviceAddress address = new DeviceAddress(0);
    int status = JCudaDriver.cuMemAlloc(address, byteSize);
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      throw outOfMemory(byteSize, MemoryInfo.read(context), context.liveBytes());
    }
    DriverStatus.check(status, () -> "cuMemAlloc(" + byteSize + ")");
    context.allocated(byteSize);
    return new CudaBuffer(context, address.value(), byteSize);
  }

  static DeviceException outOfMemory(long needed, MemoryInfo memory, long live) {
    return new DeviceException(
        "cuMemAlloc(" + needed + ")",
        DriverStatus.name(CUresult.CUDA_ERROR_OUT_OF_MEMORY),
        "Needs "
            + needed
            + " bytes, but "
            + memory.free()
            + " of "
            + memory.total()
            + " are free and "
            + live
            + " are in use by this program: use a smaller batch or model, or another GPU.");
  }

  @Override
  public boolean isOf(CudaContext other) {
    return context == other;
  }

  @Override
  public long address() {
    lifetime.check();
    return address;
  }

  @Override
  public long byteSize() {
    return byteSize;
  }

  @Override
  public void close() {
    if (!lifetime.end()) {
      return;
    }
    context.freed(byteSize);
    // Closing the device has already freed the memory.
    if (context.isOpen()) {
      context.bind();
      int status = JCudaDriver.cuMemFree(new DeviceAddress(address));
      DriverStatus.check(status, "cuMemFree");
    }
  }

  @Override
  public String toString() {
    return "buffer of " + byteSize + " bytes at 0x" + Long.toHexString(address);
  }
}
