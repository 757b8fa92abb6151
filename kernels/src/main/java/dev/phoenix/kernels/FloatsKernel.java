package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchTarget;

/** A kernel that computes each element of {@code out} from one of {@code x}, float32. */
abstract sealed class FloatsKernel permits AddKernel, GeluKernel, SigmoidKernel {
  private static final int THREADS = 256;

  private final Kernel kernel;

  FloatsKernel(KernelLibrary library, String stem) {
    this.kernel = library.kernel(stem, stem);
  }

  /**
   * Computes {@code count} elements.
   *
   * @param out [count] float32; may be {@code x}
   * @param x [count] float32
   * @throws IllegalArgumentException when an operand is too small
   */
  public final void launch(LaunchTarget target, DeviceMemory out, DeviceMemory x, int count) {
    Check.holds("out", out, ElementType.F32, count);
    Check.holds("x", x, ElementType.F32, count);
    if (count == 0) {
      return;
    }
    target.launch(
        kernel,
        LaunchShape.covering(count, THREADS),
        KernelArguments.builder().pointer(out).pointer(x).i32(count).build());
  }
}
