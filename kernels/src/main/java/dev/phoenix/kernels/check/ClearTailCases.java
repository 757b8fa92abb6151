package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.ClearTailKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.ClearTailReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cases of {@code clear_tail}. */
public final class ClearTailCases {
  private ClearTailCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int columns : new int[] {1, 33}) {
      for (ElementType type : ElementType.values()) {
        cases.add(of(new MatrixSize(32, columns), type, 17));
      }
    }
    cases.add(of(new MatrixSize(32, 8), ElementType.F32, 32));
    return cases;
  }

  /** Random rows, cleared after the used ones. */
  public static KernelCase of(MatrixSize size, ElementType type, int used) {
    return KernelCase.of(
        "clear_tail",
        used + " of " + size.rows() + " x " + size.columns() + " " + type,
        (bench, numbers) -> {
          float[] x = numbers.bfloat16(size.rows() * size.columns(), 1);
          Arrays.fill(x, used * size.columns(), x.length, Float.NaN);
          DeviceMemory memory = bench.typed(type, x);
          DeviceMemory count = bench.integers(used);
          ClearTailKernel kernel = new ClearTailKernel(bench.library());
          var rows = new ClearTailKernel.Rows(memory, type, size);
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), rows, count, 16),
              Output.of(
                  "x",
                  Format.of(type),
                  memory,
                  Tolerance.EXACT,
                  () -> {
                    ClearTailReference.apply(x, used, size.columns());
                    return x;
                  }),
              Work.moving((long) (size.rows() - used) * size.columns() * type.byteSize()));
        });
  }
}
