package dev.phoenix.ops;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.ops.gpu.GpuGradientOps;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.ops.reference.ReferenceGradientOps;

/** The backends on which the contract tests of training run; add new backends here. */
public enum GradientBackend {
  /** The scalar definitions. */
  REFERENCE,
  /** The CPU. */
  CPU,
  /** The GPU kernels in an emulator of PTX; attention and gates are bfloat16. */
  EMULATED,
  /**
   * The GPU kernels on a GPU; skipped without a GPU, unless requested by {@code phoenix.device}.
   */
  CUDA;

  /** Creates the operations, with {@code threads} threads on the CPU. */
  public GradientOps create(int threads) {
    return switch (this) {
      case REFERENCE -> ReferenceGradientOps.create();
      case CPU -> CpuGradientOps.create(threads);
      case EMULATED -> device("emulated");
      case CUDA -> cuda();
    };
  }

  private static GradientOps cuda() {
    Backend.assumeGpu();
    return device("cuda");
  }

  private static GradientOps device(String name) {
    assumeTrue(GpuOps.hasKernels(), "no PTX in this build: it was made without nvcc");
    return GpuGradientOps.open(name);
  }

  /** The bound for an operation that a GPU computes in bfloat16. */
  double bound(double float32, double bfloat16) {
    return this == EMULATED || this == CUDA ? bfloat16 : float32;
  }
}
