package dev.phoenix.device;

import java.util.Set;

/** A failed device call: the call, its symbolic error, and a hint for the reader. */
public class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Source: the CUDA driver API, {@code CUresult}: errors that leave an inconsistent process. */
  private static final Set<String> LOSING =
      Set.of(
          "CUDA_ERROR_ASSERT",
          "CUDA_ERROR_CONTAINED",
          "CUDA_ERROR_CONTEXT_IS_DESTROYED",
          "CUDA_ERROR_DEINITIALIZED",
          "CUDA_ERROR_DEVICE_UNAVAILABLE",
          "CUDA_ERROR_ECC_UNCORRECTABLE",
          "CUDA_ERROR_EXTERNAL_DEVICE",
          "CUDA_ERROR_HARDWARE_STACK_ERROR",
          "CUDA_ERROR_ILLEGAL_ADDRESS",
          "CUDA_ERROR_ILLEGAL_INSTRUCTION",
          "CUDA_ERROR_INVALID_ADDRESS_SPACE",
          "CUDA_ERROR_INVALID_PC",
          "CUDA_ERROR_LAUNCH_FAILED",
          "CUDA_ERROR_LAUNCH_TIMEOUT",
          "CUDA_ERROR_MISALIGNED_ADDRESS",
          "CUDA_ERROR_MPS_CLIENT_TERMINATED",
          "CUDA_ERROR_NVLINK_UNCORRECTABLE",
          "CUDA_ERROR_TENSOR_MEMORY_LEAK",
          "CUDA_ERROR_UNKNOWN");

  private final String call;
  private final String error;
  private final String hint;

  /**
   * @param call the call that failed, e.g. {@code cuMemAlloc(4096)}
   * @param error the symbolic error, e.g. {@code CUDA_ERROR_OUT_OF_MEMORY}
   * @param hint what the reader can do about it; may span lines
   */
  public DeviceException(String call, String error, String hint) {
    super(message(call, error, hint));
    this.call = call;
    this.error = error;
    this.hint = hint;
  }

  /** Creates an exception with a cause. */
  public DeviceException(String call, String error, String hint, Throwable cause) {
    super(message(call, error, hint), cause);
    this.call = call;
    this.error = error;
    this.hint = hint;
  }

  private static String message(String call, String error, String hint) {
    return call + " failed: " + error + ". " + hint;
  }

  /** The call that failed. */
  public final String call() {
    return call;
  }

  /** The symbolic error. */
  public final String error() {
    return error;
  }

  /**
   * Whether the error stays: every later call of the process fails as well, and only a new process
   * can use the device again.
   */
  public final boolean losesDevice() {
    return LOSING.contains(error);
  }

  /** What the reader can do about it. */
  public final String hint() {
    return hint;
  }
}
