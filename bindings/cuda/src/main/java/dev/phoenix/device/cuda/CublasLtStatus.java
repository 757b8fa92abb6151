package dev.phoenix.device.cuda;

import dev.phoenix.bindings.cublaslt.cublasLt_h;
import dev.phoenix.device.DeviceException;
import java.util.function.Supplier;

/** Turns the status of a cuBLASLt call into an exception that says what to do. */
final class CublasLtStatus {
  private CublasLtStatus() {}

  /**
   * Checks the status of a call.
   *
   * @throws DeviceException when it is not success
   */
  static void check(int status, String call) {
    if (status != cublasLt_h.CUBLAS_STATUS_SUCCESS()) {
      throw failure(status, call);
    }
  }

  /** As {@link #check(int, String)}, with a description that is built only on failure. */
  static void check(int status, Supplier<String> call) {
    if (status != cublasLt_h.CUBLAS_STATUS_SUCCESS()) {
      throw failure(status, call.get());
    }
  }

  private static DeviceException failure(int status, String call) {
    String name = cublasLt_h.cublasLtGetStatusName(status).getString(0);
    return new DeviceException(call, name, hint(status));
  }

  /** A one-line remedy. */
  static String hint(int status) {
    if (status == cublasLt_h.CUBLAS_STATUS_NOT_INITIALIZED()) {
      return "The library does not run with this driver: update the driver, or name a library of"
          + " the driver's CUDA version in -D"
          + CublasLtLibrary.PROPERTY
          + "=PATH.";
    }
    if (status == cublasLt_h.CUBLAS_STATUS_ALLOC_FAILED()) {
      return "The GPU's memory is full: close what is not needed.";
    }
    if (status == cublasLt_h.CUBLAS_STATUS_NOT_SUPPORTED()
        || status == cublasLt_h.CUBLAS_STATUS_INVALID_VALUE()) {
      return "The library has no product of these types, sizes, strides and alignments: float32 in"
          + " goes to float32, bfloat16 in to either.";
    }
    if (status == cublasLt_h.CUBLAS_STATUS_ARCH_MISMATCH()) {
      return "This GPU cannot compute in this type.";
    }
    if (status == cublasLt_h.CUBLAS_STATUS_EXECUTION_FAILED()) {
      return "Earlier work on the stream failed, or the launch did: synchronise before the launch"
          + " to tell which.";
    }
    return "See this status in cuBLAS's reference; CUBLASLT_LOG_LEVEL=5 logs every call.";
  }
}
