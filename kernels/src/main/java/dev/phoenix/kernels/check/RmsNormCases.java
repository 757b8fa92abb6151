package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.RmsNormKernel;
import dev.phoenix.kernels.RowTypes;
import dev.phoenix.kernels.reference.RmsNormReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cases of {@code rms_norm}. */
public final class RmsNormCases {
  private static final int[] COLUMNS = {
    1, 2, 7, 8, 31, 32, 33, 128, 1016, 1024, 1025, 1032, 8191, 8192
  };

  private RmsNormCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (int columns : COLUMNS) {
      for (int rows : columns > 1000 ? new int[] {0, 3} : new int[] {1, 7, 8, 9, 33}) {
        cases.add(of(new MatrixSize(rows, columns), RowTypes.BF16));
      }
      for (ElementType out : ElementType.values()) {
        cases.add(of(new MatrixSize(3, columns), new RowTypes(ElementType.F32, out)));
      }
    }
    cases.add(KernelCase.of("rms_norm", "2 x 8, x not aligned", RmsNormCases::unaligned));
    for (int columns : new int[] {9, 16}) {
      String name = "zeros, NaN, infinity, 1e30; " + columns + " columns";
      cases.add(KernelCase.of("rms_norm", name, (bench, numbers) -> extremes(bench, columns)));
    }
    return cases;
  }

  /** Random rows of a size. */
  public static KernelCase of(MatrixSize size, RowTypes types) {
    String name = size.rows() + " x " + size.columns() + ", " + types.in() + " to " + types.out();
    int count = size.rows() * size.columns();
    return KernelCase.of(
        "rms_norm",
        name,
        (bench, numbers) -> {
          boolean rounded = types.in() == ElementType.BF16;
          float[] x = rounded ? numbers.bfloat16(count, 3) : numbers.normal(count, 3);
          Rows rows = new Rows(x, numbers.normal(size.columns(), 1), types);
          return prepare(bench, rows, bench.typed(types.in(), x), () -> expected(x, rows.scale()));
        });
  }

  private record Rows(float[] x, float[] scale, RowTypes types) {}

  /** Unaligned rows need the entry without vector loads. */
  private static PreparedCase unaligned(Workbench bench, Numbers numbers) {
    float[] padded = numbers.bfloat16(17, 1);
    float[] x = Arrays.copyOfRange(padded, 1, 17);
    Rows rows = new Rows(x, numbers.normal(8, 1), RowTypes.BF16);
    DeviceMemory memory = bench.bfloat16(padded).slice(2, 32);
    return prepare(bench, rows, memory, () -> expected(x, rows.scale()));
  }

  private static PreparedCase extremes(Workbench bench, int columns) {
    float[] x = new float[4 * columns];
    x[columns] = Float.NaN;
    x[2 * columns + 1] = Float.POSITIVE_INFINITY;
    x[3 * columns] = 1e30f;
    float[] scale = new float[columns];
    Arrays.fill(scale, 2);
    return prepare(
        bench,
        new Rows(x, scale, RowTypes.BF16),
        bench.bfloat16(x),
        () -> {
          float[] expected = expected(x, scale);
          // 1e30 squared overflows float32: the result is 1e30 / infinity.
          expected[3 * columns] = 0;
          return expected;
        });
  }

  private static float[] expected(float[] x, float[] scale) {
    float[] expected = new float[x.length];
    RmsNormReference.apply(expected, x, scale);
    return expected;
  }

  private static PreparedCase prepare(
      Workbench bench, Rows rows, DeviceMemory x, java.util.function.Supplier<float[]> expected) {
    RowTypes types = rows.types();
    int columns = rows.scale().length;
    int count = rows.x().length;
    MatrixSize size = new MatrixSize(count / columns, columns);
    DeviceMemory out = bench.empty(types.out(), count);
    RmsNormKernel kernel = new RmsNormKernel(bench.library(), types);
    var operands = new RmsNormKernel.Operands(out, x, bench.floats(rows.scale()));
    // The relative error of a sum of n squares is n roundings, that of its root half as many.
    Tolerance floats = new Tolerance(0, (columns / 2 + 8) * 0x1p-24);
    Tolerance tolerance = types.out() == ElementType.F32 ? floats : Tolerance.ONE_ROUNDING;
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), operands, size),
        Output.of("out", Format.of(types.out()), out, tolerance, expected),
        Work.moving(
                (long) count * (types.in().byteSize() + types.out().byteSize())
                    + (size.rows() == 0 ? 0 : columns * 4L))
            .withFlops(4L * count)
            .withSpecials(size.rows()));
  }
}
