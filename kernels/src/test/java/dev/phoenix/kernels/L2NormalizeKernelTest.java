package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.L2NormalizeKernel.Typed;
import dev.phoenix.kernels.reference.L2NormalizeReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class L2NormalizeKernelTest {
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void bringsRowsToUnitLength(String device) {
    Numbers numbers = Numbers.of("l2_normalize");
    try (Workbench bench = Workbench.on(device)) {
      for (ElementType in : ElementType.values()) {
        for (ElementType out : ElementType.values()) {
          for (int columns : new int[] {1, 31, 32, 33, 128, 1025}) {
            float[] x = numbers.bfloat16(9 * columns, 4);
            check(bench, in, out, x, columns);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void keepsZeroRowsAndShowsWhatIsNotFinite(String device) {
    try (Workbench bench = Workbench.on(device)) {
      int columns = 5;
      float[] x = new float[4 * columns];
      x[columns] = Float.NaN;
      x[2 * columns] = Float.NEGATIVE_INFINITY;
      x[3 * columns] = 1e-20f;
      check(bench, ElementType.F32, ElementType.F32, x, columns);
    }
  }

  private static void check(
      Workbench bench, ElementType in, ElementType out, float[] x, int columns) {
    int rows = x.length / columns;
    DeviceMemory result = bench.empty(out, x.length);
    DeviceMemory norms = bench.empty(ElementType.F32, rows);
    new L2NormalizeKernel(bench.library())
        .launch(
            bench.stream(),
            new Typed(result, out),
            norms,
            new Typed(bench.typed(in, x), in),
            new MatrixSize(rows, columns));
    float[] expected = new float[x.length];
    float[] expectedNorms = new float[rows];
    L2NormalizeReference.apply(expected, expectedNorms, x);
    String what = in + " to " + out + ", " + columns + " columns";
    Tolerance tolerance = out == ElementType.F32 ? Tolerance.FLOAT32 : Tolerance.ONE_ROUNDING;
    tolerance.check(what, expected, bench.read(out, result, x.length));
    Tolerance.FLOAT32.check("norms " + what, expectedNorms, bench.readFloats(norms, rows));
    bench.clear();
  }
}
