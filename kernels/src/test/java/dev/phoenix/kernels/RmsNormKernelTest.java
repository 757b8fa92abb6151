package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.reference.RmsNormReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RmsNormKernelTest {
  private static final int[] COLUMNS = {
    1, 2, 7, 8, 31, 32, 33, 128, 1016, 1024, 1025, 1032, 8191, 8192
  };

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void normalisesRowsOfAnyWidth(String device) {
    Numbers numbers = Numbers.of("rms_norm");
    try (Workbench bench = Workbench.on(device)) {
      for (int columns : COLUMNS) {
        for (int rows : columns > 1000 ? new int[] {0, 3} : new int[] {1, 7, 8, 9, 33}) {
          float[] x = numbers.bfloat16(rows * columns, 3);
          check(bench, x, numbers.normal(columns, 1));
        }
      }
    }
  }

  /** A row that begins between two multiples of 16 bytes takes the entry without vectors. */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void normalisesRowsThatAreNotAligned(String device) {
    Numbers numbers = Numbers.of("rms_norm unaligned");
    try (Workbench bench = Workbench.on(device)) {
      float[] padded = numbers.bfloat16(17, 1);
      float[] scale = numbers.normal(8, 1);
      var out = bench.empty(ElementType.BF16, 16);
      new RmsNormKernel(bench.library())
          .launch(
              bench.stream(),
              new RmsNormKernel.Operands(
                  out, bench.bfloat16(padded).slice(2, 32), bench.floats(scale)),
              new MatrixSize(2, 8));
      float[] expected = new float[16];
      RmsNormReference.apply(expected, java.util.Arrays.copyOfRange(padded, 1, 17), scale);
      Tolerance.ONE_ROUNDING.check("out", expected, bench.readBfloat16(out, 16));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void keepsZeroRowsAndShowsWhatIsNotFinite(String device) {
    try (Workbench bench = Workbench.on(device)) {
      for (int columns : new int[] {9, 16}) {
        float[] x = new float[4 * columns];
        x[columns] = Float.NaN;
        x[2 * columns + 1] = Float.POSITIVE_INFINITY;
        x[3 * columns] = 1e30f;
        float[] scale = new float[columns];
        java.util.Arrays.fill(scale, 2);
        float[] actual = run(bench, x, scale);
        float[] expected = new float[x.length];
        RmsNormReference.apply(expected, x, scale);
        // 1e30 squared is no float32: the row reads as 1e30 / infinity.
        expected[3 * columns] = 0;
        Tolerance.ONE_ROUNDING.check("columns " + columns, expected, actual);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void namesWhatDoesNotFit(String device) {
    try (Workbench bench = Workbench.on(device)) {
      RmsNormKernel kernel = new RmsNormKernel(bench.library());
      var operands =
          new RmsNormKernel.Operands(
              bench.empty(ElementType.BF16, 16),
              bench.empty(ElementType.BF16, 15),
              bench.empty(ElementType.F32, 8));
      var found =
          assertThrows(
              IllegalArgumentException.class,
              () -> kernel.launch(bench.stream(), operands, new MatrixSize(2, 8)));
      assertTrue(
          String.valueOf(found.getMessage())
              .contains("x: expected BF16[2, 8] = 32 bytes, found 30"));
      assertThrows(
          IllegalArgumentException.class,
          () -> kernel.launch(bench.stream(), operands, new MatrixSize(1, 8193)));
    }
  }

  private static void check(Workbench bench, float[] x, float[] scale) {
    float[] expected = new float[x.length];
    RmsNormReference.apply(expected, x, scale);
    String what = x.length / scale.length + " x " + scale.length;
    Tolerance.ONE_ROUNDING.check(what, expected, run(bench, x, scale));
  }

  private static float[] run(Workbench bench, float[] x, float[] scale) {
    var out = bench.empty(ElementType.BF16, x.length);
    new RmsNormKernel(bench.library())
        .launch(
            bench.stream(),
            new RmsNormKernel.Operands(out, bench.bfloat16(x), bench.floats(scale)),
            new MatrixSize(x.length / scale.length, scale.length));
    float[] result = bench.readBfloat16(out, x.length);
    bench.clear();
    return result;
  }
}
