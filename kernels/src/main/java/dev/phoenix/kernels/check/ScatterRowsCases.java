package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.ScatterRowsKernel;
import dev.phoenix.kernels.reference.PlaceRowsReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cases of {@code scatter_rows}. */
public final class ScatterRowsCases {
  private ScatterRowsCases() {}

  static List<KernelCase> all() {
    int[] targets = {4, 0, -1, 2, 9, 33, 5, Integer.MAX_VALUE};
    List<KernelCase> cases = new ArrayList<>();
    for (ElementType type : ElementType.values()) {
      for (int columns : new int[] {1, 7, 8, 31, 32, 33, 128, 2056}) {
        cases.add(of(new MatrixSize(33, columns), type, targets));
      }
      cases.add(of(new MatrixSize(33, 8), type));
    }
    return cases;
  }

  /**
   * Random rows.
   *
   * @param size of the output
   * @param targets target of each row; a row with a target outside of the output is skipped
   */
  public static KernelCase of(MatrixSize size, ElementType type, int... targets) {
    int columns = size.columns();
    return KernelCase.of(
        "scatter_rows",
        "%d of %d x %d, %s".formatted(targets.length, size.rows(), columns, type),
        (bench, numbers) ->
            prepare(
                bench,
                numbers.bfloat16(targets.length * columns, 1),
                targets,
                numbers.bfloat16(size.rows() * columns, 1),
                type));
  }

  private static PreparedCase prepare(
      Workbench bench, float[] x, int[] targets, float[] before, ElementType type) {
    DeviceMemory out = bench.typed(type, before);
    var source =
        new ScatterRowsKernel.Source(bench.typed(type, x), bench.integers(targets), targets.length);
    int columns = targets.length == 0 ? 8 : x.length / targets.length;
    MatrixSize size = new MatrixSize(before.length / columns, columns);
    ScatterRowsKernel kernel = new ScatterRowsKernel(bench.library());
    float[] expected = before.clone();
    PlaceRowsReference.apply(expected, x, targets, columns);
    long placed = Arrays.stream(targets).filter(row -> row >= 0 && row < size.rows()).count();
    return new PreparedCase(
        () -> {
          if (type == ElementType.F32) {
            kernel.launchFloats(bench.stream(), out, source, size);
          } else {
            kernel.launch(bench.stream(), out, source, size);
          }
        },
        Output.of("out", Format.of(type), out, Tolerance.EXACT, () -> expected),
        Work.moving(4L * targets.length + 2L * placed * columns * type.byteSize()));
  }
}
