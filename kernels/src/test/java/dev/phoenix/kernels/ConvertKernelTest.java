package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConvertKernelTest {
  private static final int[] COUNTS = {0, 1, 7, 8, 9, 2047, 2048, 2049};

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void narrowsToTheNearestAndWidensExactly(String device) {
    Numbers numbers = Numbers.of("convert");
    try (Workbench bench = Workbench.on(device)) {
      for (int count : COUNTS) {
        check(bench, numbers.normal(count, 3));
      }
      check(
          bench,
          new float[] {
            0f, -0f, 0x1.01p0f, 0x1.03p0f, 1e-40f, Float.MAX_VALUE, Float.NaN, -1 / 0f, 1e30f
          });
    }
  }

  private static void check(Workbench bench, float[] x) {
    ConvertKernel kernel = new ConvertKernel(bench.library());
    DeviceMemory narrow = bench.empty(ElementType.BF16, x.length);
    DeviceMemory wide = bench.empty(ElementType.F32, x.length);
    kernel.narrow(bench.stream(), narrow, bench.floats(x), x.length);
    kernel.widen(bench.stream(), wide, narrow, x.length);
    float[] rounded = Bfloat16.round(x);
    Tolerance exact = new Tolerance(0, 0);
    exact.check("narrowed " + x.length, rounded, bench.readBfloat16(narrow, x.length));
    exact.check("widened " + x.length, rounded, bench.readFloats(wide, x.length));
    bench.clear();
  }
}
