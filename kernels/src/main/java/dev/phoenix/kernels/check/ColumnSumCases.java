package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.ColumnSumKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.ColumnSumReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code column_sum}. */
public final class ColumnSumCases {
  private ColumnSumCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int rows : new int[] {1, 8, 100}) {
      cases.add(of(new MatrixSize(rows, 33)));
    }
    return cases;
  }

  /** Random whole numbers. */
  public static KernelCase of(MatrixSize size) {
    return KernelCase.of(
        "column_sum",
        size.rows() + " x " + size.columns(),
        (bench, numbers) -> {
          // Sums of integers are exact in any order.
          float[] x = numbers.wholeNumbers(size.rows() * size.columns());
          float[] expected = numbers.wholeNumbers(size.columns());
          DeviceMemory out = bench.floats(expected);
          DeviceMemory from = bench.floats(x);
          ColumnSumReference.apply(expected, x);
          ColumnSumKernel kernel = new ColumnSumKernel(bench.library());
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), out, from, size),
              Output.of("out", Format.FLOAT32, out, Tolerance.EXACT, () -> expected),
              Work.moving(4L * x.length).withFlops(x.length));
        });
  }
}
