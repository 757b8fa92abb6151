package dev.phoenix.ops;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.ops.reference.ReferenceOps;

/** The backends that the contract is tested on; a new one becomes a constant here. */
public enum Backend {
  /** The scalar definitions. */
  REFERENCE,
  /** The cores of this machine. */
  CPU_FLOAT32,
  /** The same with activations and matrices rounded. */
  CPU_BFLOAT16,
  /** The GPU's kernels, executed from their PTX. */
  EMULATED;

  /** Its operations, on {@code threads} threads where it has a choice. */
  public Ops create(int threads) {
    return switch (this) {
      case REFERENCE -> ReferenceOps.create();
      case CPU_FLOAT32 -> CpuOps.create(Precision.FLOAT32, threads);
      case CPU_BFLOAT16 -> CpuOps.create(Precision.BFLOAT16, threads);
      case EMULATED -> emulated();
    };
  }

  private static Ops emulated() {
    assumeTrue(GpuOps.hasKernels(), "no PTX in this build: it was made without nvcc");
    return GpuOps.open("emulated");
  }
}
