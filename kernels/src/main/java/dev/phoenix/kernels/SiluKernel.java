package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchTarget;

/** x * sigmoid(x), element by element. Source: docs/model.md#6-retrieval. */
public final class SiluKernel {
  private static final int VECTOR = 8;
  private static final int THREADS = 256;

  private final ElementType type;
  private final Kernel kernel;

  /** The kernel on the library's device, for bfloat16. */
  public SiluKernel(KernelLibrary library) {
    this(library, ElementType.BF16);
  }

  /**
   * The kernel on the library's device.
   *
   * @param type element type of {@code x} and {@code out}
   */
  public SiluKernel(KernelLibrary library, ElementType type) {
    this.type = type;
    this.kernel = library.kernel("silu", type == ElementType.BF16 ? "silu" : "silu_f32");
  }

  /**
   * Applies the activation.
   *
   * @param out [count]; may be {@code x}
   * @param x [count]; both begin at a multiple of 16 bytes
   * @throws IllegalArgumentException when an operand is too small or not aligned
   */
  public void launch(LaunchTarget target, DeviceMemory out, DeviceMemory x, int count) {
    Check.holds("out", out, type, count);
    Check.holds("x", x, type, count);
    if (!Check.aligned(out, x)) {
      throw new IllegalArgumentException("out and x: expected multiples of 16 bytes");
    }
    if (count == 0) {
      return;
    }
    target.launch(
        kernel,
        LaunchShape.covering(Math.ceilDiv(count, VECTOR), THREADS),
        KernelArguments.builder().pointer(out).pointer(x).i32(count).build());
  }
}
