package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScatterRowsKernelTest {
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void placesRowsAndLeavesTheOthers(String device) {
    Numbers numbers = Numbers.of("scatter_rows");
    try (Workbench bench = Workbench.on(device)) {
      ScatterRowsKernel kernel = new ScatterRowsKernel(bench.library());
      int[] targets = {4, 0, -1, 2, 9, 33, 5, Integer.MAX_VALUE};
      for (int columns : new int[] {1, 7, 8, 31, 32, 33, 128, 2056}) {
        float[] x = numbers.bfloat16(targets.length * columns, 1);
        float[] expected = numbers.bfloat16(33 * columns, 1);
        DeviceMemory out = bench.bfloat16(expected);
        kernel.launch(
            bench.stream(),
            out,
            new ScatterRowsKernel.Source(
                bench.bfloat16(x), bench.integers(targets), targets.length),
            new MatrixSize(33, columns));
        for (int row : new int[] {0, 1, 3, 4, 6}) {
          System.arraycopy(x, row * columns, expected, targets[row] * columns, columns);
        }
        new Tolerance(0, 0)
            .check(
                columns + " columns " + Arrays.toString(targets),
                expected,
                bench.readBfloat16(out, expected.length));
        bench.clear();
      }
    }
  }
}
