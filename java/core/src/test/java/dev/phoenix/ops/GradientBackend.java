package dev.phoenix.ops;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.ops.gpu.GpuGradientOps;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.ops.reference.ReferenceGradientOps;

/** The backends that the contract of training is tested on; a new one becomes a constant here. */
public enum GradientBackend {
  /** The scalar definitions. */
  REFERENCE,
  /** The cores of this machine. */
  CPU,
  /** The GPU's kernels, executed from their PTX; attention and gates are bfloat16. */
  EMULATED,
  /** The same on a GPU; skipped where none answers, unless it was asked for by name. */
  CUDA;

  /** Its operations, on {@code threads} threads where it has a choice. */
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

  /** The bound of what a backend may compute in bfloat16. */
  double bound(double float32, double bfloat16) {
    return this == EMULATED || this == CUDA ? bfloat16 : float32;
  }
}
