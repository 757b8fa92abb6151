package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import jcuda.driver.CUresult;

/**
 * Allocates page-locked memory that is mapped into the device: {@code cuMemHostAlloc}, called
 * without JCuda, which wraps the memory in a direct buffer of at most 2 GiB.
 */
final class HostAllocation {
  /** {@code CU_MEMHOSTALLOC_DEVICEMAP}. */
  private static final int DEVICE_MAP = 2;

  private final MethodHandle call;

  private HostAllocation(MethodHandle call) {
    this.call = call;
  }

  static HostAllocation create(SymbolLookup driver) {
    MemorySegment address = driver.findOrThrow("cuMemHostAlloc");
    FunctionDescriptor type =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
    return new HostAllocation(Linker.nativeLinker().downcallHandle(address, type));
  }

  /**
   * Allocates {@code byteSize} bytes and returns their host address. The context must be current.
   *
   * @throws DeviceException when the system cannot lock that much memory
   */
  long allocate(long byteSize) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(ValueLayout.ADDRESS);
      int status = invoke(address, byteSize);
      if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
        throw new DeviceException(
            "cuMemHostAlloc(" + byteSize + ", DEVICEMAP)",
            DriverStatus.name(status),
            "The system cannot lock "
                + byteSize
                + " bytes of its memory for the GPU: free some, or see ulimit -l and the"
                + " container's memory limit.");
      }
      DriverStatus.check(status, () -> "cuMemHostAlloc(" + byteSize + ", DEVICEMAP)");
      return address.get(ValueLayout.ADDRESS, 0).address();
    }
  }

  private int invoke(MemorySegment address, long byteSize) {
    try {
      return (int) call.invokeExact(address, byteSize, DEVICE_MAP);
    } catch (Throwable e) {
      throw new AssertionError("a downcall throws no exception", e);
    }
  }
}
