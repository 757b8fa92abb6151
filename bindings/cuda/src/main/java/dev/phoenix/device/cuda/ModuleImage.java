package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Loads an image and reports the log of the driver's compiler on failure. */
final class ModuleImage {
  private static final int LOG_BYTES = 16 << 10;
  private static final Pattern PTX_VERSION =
      Pattern.compile("^\\s*\\.version\\s+(\\d+\\.\\d+)", Pattern.MULTILINE);

  private ModuleImage() {}

  /**
   * Loads an image into the current context.
   *
   * @param driverVersion for the error message, e.g. 13000
   * @throws DeviceException with the compiler's log when the driver refuses it
   */
  static CUmodule load(String name, byte[] image, int driverVersion) {
    try (Arena arena = Arena.ofConfined()) {
      // PTX ends with a NUL; allocate zeroed the extra byte.
      MemorySegment bytes = arena.allocate(image.length + 1L, 16);
      MemorySegment.copy(image, 0, bytes, ValueLayout.JAVA_BYTE, 0, image.length);
      MemorySegment log = arena.allocate(LOG_BYTES);
      MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, 2);
      values.setAtIndex(ValueLayout.JAVA_LONG, 0, log.address());
      // The option value is passed in the void* itself; the driver writes the log's length back.
      values.setAtIndex(ValueLayout.JAVA_LONG, 1, LOG_BYTES);
      int[] options = {
        CUjit_option.CU_JIT_ERROR_LOG_BUFFER, CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES
      };
      CUmodule module = new CUmodule();
      int status =
          JCudaDriver.cuModuleLoadDataEx(
              module,
              new NativeAddress(bytes.address()),
              options.length,
              options,
              new NativeAddress(values.address()));
      if (status != CUresult.CUDA_SUCCESS) {
        throw failure(name, status, hint(status, image, driverVersion) + text(log));
      }
      return module;
    }
  }

  private static DeviceException failure(String name, int status, String hint) {
    return new DeviceException("loadModule(" + name + ")", DriverStatus.name(status), hint);
  }

  static String hint(int status, byte[] image, int driverVersion) {
    if (status == CUresult.CUDA_ERROR_INVALID_IMAGE
        || status == CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU) {
      return "The driver serves CUDA "
          + CudaDriver.versionText(driverVersion)
          + " and refuses machine code of later toolkits: update it, or build the kernels with that"
          + " toolkit.";
    }
    if (status != CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION) {
      return DriverStatus.hint(status);
    }
    return "This is PTX "
        + ptxVersion(image)
        + " and the driver serves CUDA "
        + CudaDriver.versionText(driverVersion)
        + " and what is older: update the driver, or build the kernels with that toolkit.";
  }

  /** The version of the PTX language an image asks for, e.g. 9.0. */
  static String ptxVersion(byte[] image) {
    int head = Math.min(image.length, 4096);
    Matcher found = PTX_VERSION.matcher(new String(image, 0, head, StandardCharsets.ISO_8859_1));
    return found.find() ? String.valueOf(found.group(1)) : "of unknown version";
  }

  /** The compiler's log, on lines of its own; empty when it said nothing. */
  private static String text(MemorySegment log) {
    // The driver terminates the log with a NUL; make sure of it.
    log.set(ValueLayout.JAVA_BYTE, log.byteSize() - 1, (byte) 0);
    String text = log.getString(0, StandardCharsets.ISO_8859_1).strip();
    return text.isEmpty() ? "" : "\n" + text;
  }
}
