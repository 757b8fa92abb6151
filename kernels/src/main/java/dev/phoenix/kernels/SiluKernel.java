package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;

/** x * sigmoid(x), element by element. Source: SPEC section 6. */
public final class SiluKernel {
  private static final int VECTOR = 8;
  private static final int THREADS = 256;

  private final Kernel kernel;

  /** The kernel on the library's device. */
  public SiluKernel(KernelLibrary library) {
    this.kernel = library.kernel("silu", "silu");
  }

  /**
   * Applies the activation.
   *
   * @param out [count] bfloat16; may be {@code x}
   * @param x [count] bfloat16; both begin at a multiple of 16 bytes
   * @throws IllegalArgumentException when an operand is too small or not aligned
   */
  public void launch(Stream stream, DeviceMemory out, DeviceMemory x, int count) {
    Check.holds("out", out, ElementType.BF16, count);
    Check.holds("x", x, ElementType.BF16, count);
    if (!Check.aligned(out, x)) {
      throw new IllegalArgumentException("out and x: expected multiples of 16 bytes");
    }
    if (count == 0) {
      return;
    }
    stream.launch(
        kernel,
        LaunchShape.covering(Math.ceilDiv(count, VECTOR), THREADS),
        KernelArguments.builder().pointer(out).pointer(x).i32(count).build());
  }
}
