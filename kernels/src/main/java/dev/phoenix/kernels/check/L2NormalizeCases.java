package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.L2NormalizeKernel;
import dev.phoenix.kernels.L2NormalizeKernel.Typed;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.L2NormalizeReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code l2_normalize}. */
public final class L2NormalizeCases {
  private L2NormalizeCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (ElementType in : ElementType.values()) {
      for (ElementType out : ElementType.values()) {
        for (int columns : new int[] {1, 31, 32, 33, 128, 1025}) {
          cases.add(of(new MatrixSize(9, columns), in, out));
        }
        cases.add(of(new MatrixSize(0, 32), in, out));
      }
    }
    cases.add(
        KernelCase.of(
            "l2_normalize", "zeros, NaN, infinity, 1e-20", (bench, numbers) -> extremes(bench)));
    return cases;
  }

  /** Random rows. */
  public static KernelCase of(MatrixSize size, ElementType in, ElementType out) {
    return KernelCase.of(
        "l2_normalize",
        "%d x %d, %s to %s".formatted(size.rows(), size.columns(), in, out),
        (bench, numbers) ->
            prepare(bench, numbers.bfloat16(size.rows() * size.columns(), 4), size, in, out));
  }

  private static PreparedCase extremes(Workbench bench) {
    MatrixSize size = new MatrixSize(4, 5);
    float[] x = new float[20];
    x[5] = Float.NaN;
    x[10] = Float.NEGATIVE_INFINITY;
    x[15] = 1e-20f;
    return prepare(bench, x, size, ElementType.F32, ElementType.F32);
  }

  private static PreparedCase prepare(
      Workbench bench, float[] x, MatrixSize size, ElementType in, ElementType out) {
    int rows = size.rows();
    Typed result = new Typed(bench.empty(out, x.length), out);
    DeviceMemory norms = bench.empty(ElementType.F32, rows);
    Typed given = new Typed(bench.typed(in, x), in);
    L2NormalizeKernel kernel = new L2NormalizeKernel(bench.library());
    Tolerance tolerance = out == ElementType.F32 ? Tolerance.FLOAT32 : Tolerance.ONE_ROUNDING;
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), result, norms, given, size),
        List.of(
            Output.of(
                "out",
                Format.of(out),
                result.memory(),
                tolerance,
                () -> {
                  float[] expected = new float[x.length];
                  L2NormalizeReference.apply(expected, new float[rows], x);
                  return expected;
                }),
            Output.of(
                "norms",
                Format.FLOAT32,
                norms,
                Tolerance.FLOAT32,
                () -> {
                  float[] expected = new float[rows];
                  L2NormalizeReference.apply(new float[x.length], expected, x);
                  return expected;
                })),
        Work.moving((long) x.length * (in.byteSize() + out.byteSize()) + 4L * rows)
            .withFlops(3L * x.length)
            .withSpecials(rows));
  }
}
