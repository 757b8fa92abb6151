package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.DropoutKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.DropoutReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code dropout}. */
public final class DropoutCases {
  private DropoutCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (ElementType type : ElementType.values()) {
      cases.add(of(new MatrixSize(9, 33), type));
    }
    return cases;
  }

  /** Random rows of a size and type. */
  public static KernelCase of(MatrixSize size, ElementType type) {
    return KernelCase.of(
        "dropout",
        size.rows() + " x " + size.columns() + " " + type,
        (bench, numbers) -> {
          float[] x = numbers.bfloat16(size.rows() * size.columns(), 1);
          DeviceMemory memory = bench.typed(type, x);
          DropoutKernel kernel = new DropoutKernel(bench.library());
          var mask = new DropoutKernel.Mask(-987654321987L, 0.25, 5);
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), memory, type, mask, size),
              Output.of(
                  "x",
                  Format.of(type),
                  memory,
                  type == ElementType.F32 ? Tolerance.FLOAT32 : Tolerance.ONE_ROUNDING,
                  () -> {
                    DropoutReference.apply(
                        x, mask.seed(), mask.firstRow(), mask.rate(), size.columns());
                    return x;
                  }),
              Work.moving((long) x.length * type.byteSize()));
        });
  }
}
