package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.reference.MeanPoolReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MeanPoolKernelTest {
  private static final int[] OFFSETS = {0, 1, 1, 8, 17, 48, 81, 81, 200};

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void poolsRaggedSegments(String device) {
    Numbers numbers = Numbers.of("mean_pool");
    try (Workbench bench = Workbench.on(device)) {
      for (ElementType type : ElementType.values()) {
        for (int columns : new int[] {1, 31, 32, 33, 130}) {
          check(bench, type, numbers.bfloat16(200 * columns, 2), columns);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void keepsWhatIsNotFiniteInItsSegment(String device) {
    try (Workbench bench = Workbench.on(device)) {
      float[] x = new float[200 * 3];
      x[3 * 9] = Float.NaN;
      x[3 * 50 + 1] = Float.POSITIVE_INFINITY;
      check(bench, ElementType.BF16, x, 3);
    }
  }

  private static void check(Workbench bench, ElementType type, float[] x, int columns) {
    int segments = OFFSETS.length - 1;
    int pooled = segments * columns;
    DeviceMemory out = bench.empty(ElementType.F32, pooled);
    new MeanPoolKernel(bench.library())
        .launch(
            bench.stream(),
            out,
            new MeanPoolKernel.Segments(bench.typed(type, x), type, bench.integers(OFFSETS)),
            new MatrixSize(segments, columns));
    float[] expected = new float[pooled];
    MeanPoolReference.apply(expected, x, OFFSETS, columns);
    Tolerance.FLOAT32.check(
        type + ", " + columns + " columns", expected, bench.readFloats(out, pooled));
    bench.clear();
  }
}
