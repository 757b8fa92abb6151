package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.reference.RopeReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RopeKernelTest {
  private static final int POSITIONS = 700;

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void rotatesQueriesAndKeysAndLeavesValues(String device) {
    Numbers numbers = Numbers.of("rope");
    try (Workbench bench = Workbench.on(device)) {
      for (int headSize : new int[] {2, 6, 16, 32, 34, 64, 128, 256}) {
        for (int rows : new int[] {0, 1, 9, 33}) {
          int columns = 5 * headSize;
          float[] x = numbers.bfloat16(rows * columns, 2);
          int[] positions = numbers.integers(rows, 0, POSITIONS);
          check(bench, x, positions, new RopeReference.Shape(columns, 3, headSize));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void showsPositionsOutsideTheTable(String device) {
    try (Workbench bench = Workbench.on(device)) {
      DeviceMemory x = bench.bfloat16(new float[] {1, 2, 3, 1, 2, 3, 1, 2, 3});
      new RopeKernel(bench.library())
          .launch(
              bench.stream(),
              new RopeKernel.Rows(x, 3, 3, 1, 2),
              bench.integers(0, -1, 2),
              new RopeKernel.Table(bench.floats(RopeKernel.table(2, 2)), 2));
      float nan = Float.NaN;
      Tolerance.ONE_ROUNDING.check(
          "x", new float[] {1, 2, 3, nan, nan, 3, nan, nan, 3}, bench.readBfloat16(x, 9));
    }
  }

  private static void check(
      Workbench bench, float[] x, int[] positions, RopeReference.Shape shape) {
    int rows = positions.length;
    DeviceMemory inPlace = bench.bfloat16(x);
    float[] table = RopeKernel.table(POSITIONS, shape.headSize());
    new RopeKernel(bench.library())
        .launch(
            bench.stream(),
            new RopeKernel.Rows(inPlace, rows, shape.columns(), shape.heads(), shape.headSize()),
            bench.integers(positions),
            new RopeKernel.Table(bench.floats(table), POSITIONS));
    float[] expected = x.clone();
    RopeReference.apply(expected, positions, shape);
    // Two products of up to 10 may cancel: their float32 error remains.
    Tolerance.ONE_ROUNDING
        .plus(20 * 0x1p-23)
        .check(rows + " rows, " + shape, expected, bench.readBfloat16(inPlace, x.length));
    bench.clear();
  }
}
