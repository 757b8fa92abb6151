package dev.phoenix.kernels;

/** A kernel that this build does not have; the message says what to install. */
public final class MissingKernelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MissingKernelException(String stem) {
    super(
        "this build has no PTX of the kernel %s: it was made without nvcc. Install the CUDA toolkit (12.4 or later), see that nvcc is on the PATH or CUDA_HOME is set, and build again: mvn package"
            .formatted(stem));
  }
}
