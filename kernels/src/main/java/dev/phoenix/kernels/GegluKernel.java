package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchTarget;

/** gelu(gate) * up. Source: docs/model.md#4-transformer; Shazeer, arXiv 2002.05202. */
public final class GegluKernel {
  private static final int VECTOR = 8;

  private final Kernel wide;
  private final Kernel any;

  /** The kernel on the library's device. */
  public GegluKernel(KernelLibrary library) {
    this.wide = library.kernel("geglu", "geglu");
    this.any = library.kernel("geglu", "geglu_any");
  }

  /**
   * Gates.
   *
   * @param out [rows, F] bfloat16
   * @param gateUp [rows, 2 F] bfloat16: gate in the first half of a row, up in the second: the
   *     output of one product with [linear | linear_v]
   * @param size rows and F
   * @throws IllegalArgumentException when an operand is too small
   */
  public void launch(LaunchTarget target, DeviceMemory out, DeviceMemory gateUp, MatrixSize size) {
    Check.holds("out", out, ElementType.BF16, size.rows(), size.columns());
    Check.holds("gateUp", gateUp, ElementType.BF16, size.rows(), 2L * size.columns());
    if (size.rows() == 0) {
      return;
    }
    boolean vectors = size.columns() % VECTOR == 0 && Check.aligned(out, gateUp);
    int work = vectors ? size.columns() / VECTOR : size.columns();
    target.launch(
        vectors ? wide : any,
        RowBlock.spreading(work).covering(size.rows(), work),
        KernelArguments.builder()
            .pointer(out)
            .pointer(gateUp)
            .i32(size.rows())
            .i32(size.columns())
            .build());
  }
}
