package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchTarget;

/** gelu in its tanh approximation, element by element. Source: docs/model.md#3-features. */
public final class GeluKernel {
  private static final int THREADS = 256;

  private final Kernel kernel;

  /** The kernel on the library's device. */
  public GeluKernel(KernelLibrary library) {
    this.kernel = library.kernel("gelu", "gelu");
  }

  /**
   * Applies the activation.
   *
   * @param out [count] float32; may be {@code x}
   * @param x [count] float32
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(LaunchTarget target, DeviceMemory out, DeviceMemory x, int count) {
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
