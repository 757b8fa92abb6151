package dev.phoenix.device.cuda;

import dev.phoenix.device.HostBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jcuda.driver.JCudaDriver;

/** Page-locked host memory. */
final class CudaHostBuffer implements HostBuffer {
  private final CudaContext context;
  private final long address;
  // Bounds the lifetime of the segment; the driver owns the memory.
  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;
  private final Lifetime lifetime = new Lifetime("the host buffer");

  private CudaHostBuffer(CudaContext context, long address, long byteSize) {
    this.context = context;
    this.address = address;
    this.segment = MemorySegment.ofAddress(address).reinterpret(byteSize, arena, null);
  }

  /**
   * Allocates page-locked memory.
   *
   * @param byteSize bytes, from 1 to 2 GiB - 1: JCuda wraps it in a direct buffer, which cannot be
   *     larger
   */
  static CudaHostBuffer create(CudaContext context, long byteSize) {
    if (byteSize < 1 || byteSize > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "page-locked memory comes in pieces of 1 to "
              + Integer.MAX_VALUE
              + " bytes, not "
              + byteSize);
    }
    context.bind();
    NativeAddress address = new NativeAddress(0);
    int status = JCudaDriver.cuMemHostAlloc(address, byteSize, 0);
    DriverStatus.check(status, () -> "cuMemHostAlloc(" + byteSize + ")");
    context.allocated(byteSize);
    return new CudaHostBuffer(context, address.value(), byteSize);
  }

  @Override
  public MemorySegment segment() {
    lifetime.check();
    return segment;
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
      int status = JCudaDriver.cuMemFreeHost(new NativeAddress(address));
      DriverStatus.check(status, "cuMemFreeHost");
    }
  }
}
