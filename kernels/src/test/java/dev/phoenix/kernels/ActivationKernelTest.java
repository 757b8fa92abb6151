package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.reference.ActivationReference;
import dev.phoenix.kernels.reference.GegluReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The element-wise kernels: geglu and silu. */
class ActivationKernelTest {
  private static final int[] COUNTS = {0, 1, 7, 8, 9, 31, 32, 33, 2047, 2048, 2049};
  private static final float[] EXTREMES = {
    0f,
    -0f,
    1e-30f,
    -20,
    20,
    -90,
    90,
    200,
    -200,
    1e30f,
    -1e30f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY
  };

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void gegluGatesRowsOfAnyWidth(String device) {
    Numbers numbers = Numbers.of("geglu");
    try (Workbench bench = Workbench.on(device)) {
      for (int columns : new int[] {1, 7, 8, 31, 32, 33, 176, 2048, 2056}) {
        for (int rows : new int[] {0, 1, 17}) {
          geglu(
              bench,
              numbers.bfloat16(rows * columns, 3),
              numbers.bfloat16(rows * columns, 1),
              new MatrixSize(rows, columns));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void gegluKeepsExtremes(String device) {
    try (Workbench bench = Workbench.on(device)) {
      float[] gate = Bfloat16.round(EXTREMES);
      float[] up = new float[gate.length];
      java.util.Arrays.fill(up, 0.5f);
      geglu(bench, gate, up, new MatrixSize(1, gate.length));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void siluOfAnyCount(String device) {
    Numbers numbers = Numbers.of("silu");
    try (Workbench bench = Workbench.on(device)) {
      SiluKernel kernel = new SiluKernel(bench.library());
      for (int count : COUNTS) {
        silu(bench, kernel, numbers.bfloat16(count, 4));
      }
      silu(bench, kernel, Bfloat16.round(EXTREMES));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void siluOfFloatsOfAnyCount(String device) {
    Numbers numbers = Numbers.of("silu of floats");
    try (Workbench bench = Workbench.on(device)) {
      for (int count : COUNTS) {
        floats(bench, numbers.normal(count, 4));
      }
      floats(bench, EXTREMES);
    }
  }

  private static void floats(Workbench bench, float[] x) {
    DeviceMemory silu = bench.floats(x);
    new SiluKernel(bench.library(), ElementType.F32).launch(bench.stream(), silu, silu, x.length);
    float[] expected = new float[x.length];
    ActivationReference.silu(expected, x);
    // e^-x is off by as many roundings as its argument is large: 20 in what is not yet zero.
    Tolerance tolerance = new Tolerance(1e-12, 64 * 0x1p-24);
    tolerance.check("silu of " + x.length, expected, bench.readFloats(silu, x.length));
    bench.clear();
  }

  private static void geglu(Workbench bench, float[] gate, float[] up, MatrixSize size) {
    float[] fused = new float[2 * gate.length];
    for (int row = 0; row < size.rows(); row++) {
      int at = row * size.columns();
      System.arraycopy(gate, at, fused, 2 * at, size.columns());
      System.arraycopy(up, at, fused, 2 * at + size.columns(), size.columns());
    }
    DeviceMemory out = bench.empty(ElementType.BF16, gate.length);
    new GegluKernel(bench.library()).launch(bench.stream(), out, bench.bfloat16(fused), size);
    float[] expected = new float[gate.length];
    GegluReference.apply(expected, gate, up);
    Tolerance.ONE_ROUNDING.check(size.toString(), expected, bench.readBfloat16(out, gate.length));
    bench.clear();
  }

  private static void silu(Workbench bench, SiluKernel kernel, float[] x) {
    DeviceMemory inPlace = bench.bfloat16(x);
    kernel.launch(bench.stream(), inPlace, inPlace, x.length);
    float[] expected = new float[x.length];
    ActivationReference.silu(expected, x);
    Tolerance.ONE_ROUNDING.check(
        "silu of " + x.length, expected, bench.readBfloat16(inPlace, x.length));
    bench.clear();
  }
}
