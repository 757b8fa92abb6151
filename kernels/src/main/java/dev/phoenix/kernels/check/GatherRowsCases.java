package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.GatherRowsKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.GatherRowsReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code gather_rows}. */
public final class GatherRowsCases {
  private GatherRowsCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int columns : new int[] {1, 33}) {
      cases.add(of(new MatrixSize(20, columns)));
    }
    return cases;
  }

  static KernelCase of(MatrixSize size) {
    return KernelCase.of(
        "gather_rows",
        "7 of " + size.rows() + " x " + size.columns(),
        (bench, numbers) -> {
          float[] x = numbers.normal(size.rows() * size.columns(), 1);
          int[] rows = {3, -1, 19, 0, 20, 19, 7};
          DeviceMemory out = bench.empty(ElementType.F32, 7L * size.columns());
          DeviceMemory from = bench.floats(x);
          var which = new GatherRowsKernel.Rows(bench.integers(rows), rows.length);
          GatherRowsKernel kernel = new GatherRowsKernel(bench.library());
          float[] expected = new float[7 * size.columns()];
          GatherRowsReference.apply(expected, x, rows, size.columns());
          return new PreparedCase(
              () -> kernel.launch(bench.stream(), out, from, which, size),
              Output.of("out", Format.FLOAT32, out, Tolerance.EXACT, () -> expected),
              Work.moving(9L * 4 * size.columns()));
        });
  }
}
