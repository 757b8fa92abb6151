package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceException;
import dev.phoenix.device.MappedBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Page-locked host memory that is mapped into the device. */
final class CudaMappedBuffer implements MappedBuffer, CudaMemory {
  private final CudaContext context;
  private final long hostAddress;
  private final long deviceAddress;
  // Bounds the lifetime of the segment; the driver owns the memory.
  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;
  private final Lifetime lifetime = new Lifetime("the mapped buffer");

  private CudaMappedBuffer(
      CudaContext context, long hostAddress, long deviceAddress, long byteSize) {
    this.context = context;
    this.hostAddress = hostAddress;
    this.deviceAddress = deviceAddress;
    this.segment = MemorySegment.ofAddress(hostAddress).reinterpret(byteSize, arena, null);
  }

  static CudaMappedBuffer create(CudaContext context, HostAllocation allocation, long byteSize) {
    if (byteSize < 1) {
      throw new IllegalArgumentException("at least one byte, not " + byteSize);
    }
    context.bind();
    long host = allocation.allocate(byteSize);
    DeviceAddress device = new DeviceAddress(0);
    int status = JCudaDriver.cuMemHostGetDevicePointer(device, new NativeAddress(host), 0);
    if (status != CUresult.CUDA_SUCCESS) {
      DeviceException refused = DriverStatus.failure(status, "cuMemHostGetDevicePointer");
      status = JCudaDriver.cuMemFreeHost(new NativeAddress(host));
      if (status != CUresult.CUDA_SUCCESS) {
        refused.addSuppressed(DriverStatus.failure(status, "cuMemFreeHost"));
      }
      throw refused;
    }
    context.allocated(byteSize);
    return new CudaMappedBuffer(context, host, device.value(), byteSize);
  }

  @Override
  public boolean isOf(CudaContext other) {
    return context == other;
  }

  @Override
  public MemorySegment segment() {
    lifetime.check();
    return segment;
  }

  @Override
  public long address() {
    lifetime.check();
    return deviceAddress;
  }

  @Override
  public long byteSize() {
    return segment.byteSize();
  }

  @Override
  public void close() {
    if (!lifetime.end()) {
      return;
    }
    arena.close();
    context.freed(segment.byteSize());
    // Destroying the primary context has freed its page-locked memory.
    if (context.isOpen()) {
      context.bind();
      int status = JCudaDriver.cuMemFreeHost(new NativeAddress(hostAddress));
      DriverStatus.check(status, "cuMemFreeHost");
    }
  }

  @Override
  public String toString() {
    return "mapped buffer of " + byteSize() + " bytes at 0x" + Long.toHexString(deviceAddress);
  }
}
