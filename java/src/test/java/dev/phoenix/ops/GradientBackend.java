package dev.phoenix.ops;

import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.ops.reference.ReferenceGradientOps;

/** The backends that the contract of training is tested on; a new one becomes a constant here. */
public enum GradientBackend {
  /** The scalar definitions. */
  REFERENCE,
  /** The cores of this machine. */
  CPU;

  /** Its operations, on {@code threads} threads where it has a choice. */
  public GradientOps create(int threads) {
    return switch (this) {
      case REFERENCE -> ReferenceGradientOps.create();
      case CPU -> CpuGradientOps.create(threads);
    };
  }
}
