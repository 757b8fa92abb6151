package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceException;
import java.util.function.Supplier;
import jcuda.driver.CUresult;

/** Turns the status of a driver call into an exception that says what to do. */
final class DriverStatus {
  /** The status of a failure in JCuda's native code, before the driver call. */
  private static final int JCUDA_INTERNAL_ERROR = 0x80000001;

  private DriverStatus() {}

  /**
   * Checks the status of a call.
   *
   * @throws DeviceException when it is not success
   */
  static void check(int status, String call) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw failure(status, call);
    }
  }

  /** As {@link #check(int, String)}, with a description that is built only on failure. */
  static void check(int status, Supplier<String> call) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw failure(status, call.get());
    }
  }

  /** The exception for a status that is not success. */
  static DeviceException failure(int status, String call) {
    return new DeviceException(call, name(status), hint(status));
  }

  /** The symbolic name, e.g. {@code CUDA_ERROR_OUT_OF_MEMORY}. */
  static String name(int status) {
    if (status == JCUDA_INTERNAL_ERROR) {
      return "JCUDA_INTERNAL_ERROR";
    }
    String name = CUresult.stringFor(status);
    // Drivers newer than JCuda have errors that it cannot name.
    return name.startsWith("CUDA_") ? name : "CUDA_ERROR_" + status;
  }

  /** A one-line remedy. */
  static String hint(int status) {
    return switch (status) {
      case CUresult.CUDA_ERROR_NO_DEVICE ->
          "The driver sees no GPU: check nvidia-smi, CUDA_VISIBLE_DEVICES, and in a container that"
              + " it was started with --gpus.";
      case CUresult.CUDA_ERROR_INVALID_DEVICE ->
          "There is no device of this number: nvidia-smi -L lists those there are.";
      case CUresult.CUDA_ERROR_OUT_OF_MEMORY ->
          "The GPU's memory is full: close what is not needed or see nvidia-smi for other users.";
      case CUresult.CUDA_ERROR_STUB_LIBRARY ->
          "The loader found the toolkit's stub of libcuda.so.1: take lib64/stubs out of"
              + " LD_LIBRARY_PATH.";
      case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH,
          CUresult.CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE ->
          "The driver library does not fit the kernel module: reboot after a driver update, and"
              + " take CUDA's compat folder out of LD_LIBRARY_PATH.";
      case CUresult.CUDA_ERROR_SYSTEM_NOT_READY ->
          "The system is not ready: start nvidia-fabricmanager.";
      case CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE, CUresult.CUDA_ERROR_UNKNOWN ->
          "The GPU does not answer: check nvidia-smi, its compute mode and other processes.";
      case CUresult.CUDA_ERROR_ECC_UNCORRECTABLE ->
          "The GPU's memory has an uncorrectable error: reset the GPU.";
      default -> hintForPrograms(status);
    };
  }

  private static String hintForPrograms(int status) {
    return switch (status) {
      case CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION ->
          "The driver is older than the toolkit that made this PTX: update the driver, or build"
              + " with an older toolkit.";
      case CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU, CUresult.CUDA_ERROR_INVALID_IMAGE ->
          "The image was not made for this GPU: load the PTX instead of the cubin.";
      case CUresult.CUDA_ERROR_INVALID_PTX -> "The PTX does not compile for this GPU.";
      case CUresult.CUDA_ERROR_JIT_COMPILER_NOT_FOUND ->
          "The driver's libnvidia-ptxjitcompiler.so.1 is missing: in a container set"
              + " NVIDIA_DRIVER_CAPABILITIES=compute,utility, or load cubins.";
      case CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, CUresult.CUDA_ERROR_INVALID_VALUE ->
          "An argument is out of range: check block, grid and dynamic shared memory.";
      case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
          CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUresult.CUDA_ERROR_INVALID_PC,
          CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
          CUresult.CUDA_ERROR_ASSERT,
          CUresult.CUDA_ERROR_LAUNCH_FAILED ->
          "An earlier kernel failed and the device is lost to this process: run the same work on"
              + " the emulated device, which names the kernel and the line, or under"
              + " compute-sanitizer.";
      case CUresult.CUDA_ERROR_LAUNCH_TIMEOUT ->
          "A kernel ran into the display's time limit: use a GPU without a display.";
      default -> hintForCaptures(status);
    };
  }

  private static String hintForCaptures(int status) {
    if (status >= CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED
        && status <= CUresult.CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD) {
      return "Between beginCapture and endCapture only work on that stream and of that thread is"
          + " allowed, and nothing that allocates, frees or waits.";
    }
    return "See this error in the CUDA driver API's reference.";
  }
}
