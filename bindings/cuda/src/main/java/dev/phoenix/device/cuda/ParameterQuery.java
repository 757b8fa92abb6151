package dev.phoenix.device.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import jcuda.driver.CUresult;

/**
 * Asks the driver for the parameters of a kernel: {@code cuFuncGetParamInfo}, which JCuda lacks.
 * Without this check, a launch with too few arguments would read past the end of the argument list.
 */
final class ParameterQuery {
  /** An upper bound of the number of parameters: a kernel has at most 32,764 bytes of them. */
  private static final int MOST = 1 << 15;

  private final MethodHandle call;

  private ParameterQuery(MethodHandle call) {
    this.call = call;
  }

  static ParameterQuery create(SymbolLookup driver) {
    MemorySegment address = driver.findOrThrow("cuFuncGetParamInfo");
    FunctionDescriptor type =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS,
            ValueLayout.ADDRESS);
    return new ParameterQuery(Linker.nativeLinker().downcallHandle(address, type));
  }

  /** The size of each parameter of a kernel, in bytes. */
  ParameterSizes of(String kernel, FunctionHandle function) {
    int[] sizes = new int[16];
    int count = 0;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment offset = arena.allocate(ValueLayout.JAVA_LONG);
      MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
      while (count < MOST) {
        int status = invoke(MemorySegment.ofAddress(function.value()), count, offset, size);
        if (status == CUresult.CUDA_ERROR_INVALID_VALUE) {
          // No call returns the number of parameters; the first refused index marks the end.
          break;
        }
        DriverStatus.check(status, "cuFuncGetParamInfo");
        if (count == sizes.length) {
          sizes = Arrays.copyOf(sizes, 2 * count);
        }
        sizes[count++] = Math.toIntExact(size.get(ValueLayout.JAVA_LONG, 0));
      }
    }
    return new ParameterSizes(kernel, Arrays.copyOf(sizes, count));
  }

  private int invoke(MemorySegment function, long index, MemorySegment offset, MemorySegment size) {
    try {
      return (int) call.invokeExact(function, index, offset, size);
    } catch (Throwable e) {
      throw new AssertionError("a downcall throws no exception", e);
    }
  }
}
