package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchTarget;

/** out += x, element by element, float32. */
public final class AddKernel {
  private static final int THREADS = 256;

  private final Kernel kernel;

  /** The kernel on the library's device. */
  public AddKernel(KernelLibrary library) {
    this.kernel = library.kernel("add", "add");
  }

  /**
   * Adds.
   *
   * @param out [count] float32, added to
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
