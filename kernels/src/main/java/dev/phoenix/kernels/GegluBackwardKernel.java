package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;

/** Gradients of {@link GegluKernel}. Source: docs/model.md#4-transformer and #9-training. */
public final class GegluBackwardKernel {
  private static final int VECTOR = 8;

  private final Kernel wide;
  private final Kernel any;

  /** The kernel on the library's device. */
  public GegluBackwardKernel(KernelLibrary library) {
    this.wide = library.kernel("geglu_backward", "geglu_backward");
    this.any = library.kernel("geglu_backward", "geglu_backward_any");
  }

  /**
   * Computes the gradients of gate and up.
   *
   * @param gradGateUp [rows, 2 F] bfloat16
   * @param gradOut [rows, F] float32
   * @param gateUp [rows, 2 F] bfloat16
   * @param size rows and F
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(
      LaunchTarget target,
      DeviceMemory gradGateUp,
      DeviceMemory gradOut,
      DeviceMemory gateUp,
      MatrixSize size) {
    Check.holds("gradGateUp", gradGateUp, ElementType.BF16, size.rows(), 2L * size.columns());
    Check.holds("gradOut", gradOut, ElementType.F32, size.rows(), size.columns());
    Check.holds("gateUp", gateUp, ElementType.BF16, size.rows(), 2L * size.columns());
    if (size.rows() == 0) {
      return;
    }
    boolean vectors = size.columns() % VECTOR == 0 && Check.aligned(gradGateUp, gradOut, gateUp);
    int work = vectors ? size.columns() / VECTOR : size.columns();
    target.launch(
        vectors ? wide : any,
        RowBlock.spreading(work).covering(size.rows(), work),
        KernelArguments.builder()
            .pointer(gradGateUp)
            .pointer(gradOut)
            .pointer(gateUp)
            .i32(size.rows())
            .i32(size.columns())
            .build());
  }
}
