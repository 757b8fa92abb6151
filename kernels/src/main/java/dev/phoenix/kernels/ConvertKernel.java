package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchTarget;

/** Converts between float32 and bfloat16; float32 is rounded to nearest even. */
public final class ConvertKernel {
  private static final int VECTOR = 8;
  private static final int THREADS = 256;

  private final Kernel narrow;
  private final Kernel widen;

  /** The kernel on the library's device. */
  public ConvertKernel(KernelLibrary library) {
    this.narrow = library.kernel("convert", "convert_f32_bf16");
    this.widen = library.kernel("convert", "convert_bf16_f32");
  }

  /**
   * Rounds float32 to bfloat16.
   *
   * @param out [count] bfloat16
   * @param x [count] float32; both begin at a multiple of 16 bytes
   * @throws IllegalArgumentException when an operand is too small or not aligned
   */
  public void narrow(LaunchTarget target, DeviceMemory out, DeviceMemory x, int count) {
    Check.holds("out", out, ElementType.BF16, count);
    Check.holds("x", x, ElementType.F32, count);
    launch(target, narrow, out, x, count);
  }

  /**
   * Widens bfloat16 to float32.
   *
   * @param out [count] float32
   * @param x [count] bfloat16; both begin at a multiple of 16 bytes
   * @throws IllegalArgumentException when an operand is too small or not aligned
   */
  public void widen(LaunchTarget target, DeviceMemory out, DeviceMemory x, int count) {
    Check.holds("out", out, ElementType.F32, count);
    Check.holds("x", x, ElementType.BF16, count);
    launch(target, widen, out, x, count);
  }

  private static void launch(
      LaunchTarget target, Kernel kernel, DeviceMemory out, DeviceMemory x, int count) {
    Check.beginsAligned("out", out);
    Check.beginsAligned("x", x);
    if (count == 0) {
      return;
    }
    target.launch(
        kernel,
        LaunchShape.covering(Math.ceilDiv(count, VECTOR), THREADS),
        KernelArguments.builder().pointer(out).pointer(x).i32(count).build());
  }
}
