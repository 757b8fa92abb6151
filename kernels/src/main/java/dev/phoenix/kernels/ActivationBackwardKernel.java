package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchTarget;

/**
 * Gradients of {@link GeluKernel} and {@link SiluKernel}, float32. Source:
 * docs/model.md#9-training.
 */
public final class ActivationBackwardKernel {
  private static final int THREADS = 256;

  /** The activation function. */
  public enum Activation {
    /** The tanh approximation. */
    GELU("gelu_backward"),
    /** x sigmoid(x). */
    SILU("silu_backward");

    private final String entry;

    Activation(String entry) {
      this.entry = entry;
    }
  }

  private final Kernel kernel;

  /** The kernel on the library's device. */
  public ActivationBackwardKernel(KernelLibrary library, Activation activation) {
    this.kernel = library.kernel("activation_backward", activation.entry);
  }

  /**
   * gradX = gradOut times the activation's derivative.
   *
   * @param gradX [count] float32; may be {@code gradOut}
   * @param gradOut [count] float32
   * @param x [count] float32: input of the activation
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      LaunchTarget target, DeviceMemory gradX, DeviceMemory gradOut, DeviceMemory x, int count) {
    Check.holds("gradX", gradX, ElementType.F32, count);
    Check.holds("gradOut", gradOut, ElementType.F32, count);
    Check.holds("x", x, ElementType.F32, count);
    if (count == 0) {
      return;
    }
    target.launch(
        kernel,
        LaunchShape.covering(count, THREADS),
        KernelArguments.builder().pointer(gradX).pointer(gradOut).pointer(x).i32(count).build());
  }
}
