package dev.phoenix.ops;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.device.Devices;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.ops.reference.ReferenceOps;
import java.util.Arrays;
import java.util.List;

/** The backends that the contract is tested on; a new one becomes a constant here. */
public enum Backend {
  /** The scalar definitions. */
  REFERENCE,
  /** The cores of this machine. */
  CPU_FLOAT32,
  /** The same with activations and matrices rounded. */
  CPU_BFLOAT16,
  /** The GPU's kernels, executed from their PTX. */
  EMULATED,
  /** The same on a GPU; skipped where none answers, unless it was asked for by name. */
  CUDA;

  /** Those that can run here, for tests that go through them all. */
  public static List<Backend> available() {
    return Arrays.stream(values())
        .filter(backend -> backend != EMULATED || GpuOps.hasKernels())
        .filter(backend -> backend != CUDA || (GpuOps.hasKernels() && hasGpu()))
        .toList();
  }

  /** Its operations, on {@code threads} threads where it has a choice. */
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

  /** Skips a test where no GPU answers, unless one was asked for by name. */
  static void assumeGpu() {
    assumeTrue(hasGpu(), () -> Devices.provider("cuda").availability().reason());
  }

  /** Asked for by name, a GPU that does not answer fails the test. */
  private static boolean hasGpu() {
    return List.of("cuda", "both").contains(System.getProperty("phoenix.device", ""))
        || Devices.provider("cuda").availability().devices() > 0;
  }

  private static Ops device(String name) {
    assumeTrue(GpuOps.hasKernels(), "no PTX in this build: it was made without nvcc");
    return GpuOps.open(name);
  }
}
