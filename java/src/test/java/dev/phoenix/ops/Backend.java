package dev.phoenix.ops;

import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.ops.reference.ReferenceOps;

/** The backends that the contract is tested on; a new one becomes a constant here. */
public enum Backend {
  /** The scalar definitions. */
  REFERENCE,
  /** The cores of this machine. */
  CPU_FLOAT32,
  /** The same with activations and matrices rounded. */
  CPU_BFLOAT16;

  /** Its operations, on {@code threads} threads where it has a choice. */
  public Ops create(int threads) {
    return switch (this) {
      case REFERENCE -> ReferenceOps.create();
      case CPU_FLOAT32 -> CpuOps.create(Precision.FLOAT32, threads);
      case CPU_BFLOAT16 -> CpuOps.create(Precision.BFLOAT16, threads);
    };
  }
}
