package dev.phoenix.ops;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.device.Devices;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.ops.reference.ReferenceOps;
import java.util.Arrays;
import java.util.List;

/** The backends on which the contract tests run; add new backends here. */
public enum Backend {
  /** The scalar definitions. */
  REFERENCE,
  /** The CPU in float32. */
  CPU_FLOAT32,
  /** The CPU in bfloat16. */
  CPU_BFLOAT16,
  /** The GPU kernels in an emulator of PTX. */
  EMULATED,
  /**
   * The GPU kernels on a GPU; skipped without a GPU, unless requested by {@code phoenix.device}.
   */
  CUDA;

  /** The backends that can run on this machine. */
  public static List<Backend> available() {
    return Arrays.stream(values())
        .filter(backend -> backend != EMULATED || GpuOps.hasKernels())
        .filter(backend -> backend != CUDA || (GpuOps.hasKernels() && hasGpu()))
        .toList();
  }

  /** Creates the operations, with {@code threads} threads on the CPU. */
  public Ops create(int threads) {
    return switch (this) {
      case REFERENCE -> ReferenceOps.create();
      case CPU_FLOAT32 -> CpuOps.create(Precision.FLOAT32, threads);
      case CPU_BFLOAT16 -> CpuOps.create(Precision.BFLOAT16, threads);
      case EMULATED -> device("emulated");
      case CUDA -> cuda();
    };
  }

  private static Ops cuda() {
    assumeGpu();
    return device("cuda");
  }

  /** Skips a test without a GPU, unless one is requested by {@code phoenix.device}. */
  static void assumeGpu() {
    assumeTrue(hasGpu(), () -> Devices.provider("cuda").availability().reason());
  }

  /**
   * Whether a GPU is present, or requested by {@code phoenix.device}: then tests fail without one.
   */
  private static boolean hasGpu() {
    return List.of("cuda", "both").contains(System.getProperty("phoenix.device", ""))
        || Devices.provider("cuda").availability().devices() > 0;
  }

  private static Ops device(String name) {
    assumeTrue(GpuOps.hasKernels(), "no PTX in this build: it was made without nvcc");
    return GpuOps.open(name);
  }
}
