package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.reference.AddRmsNormReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AddRmsNormKernelTest {
  private static final int[] COLUMNS = {1, 7, 8, 31, 32, 33, 128, 1024, 1025, 1032, 8191, 8192};

  /** Whether the next block follows, or the last layer ends here. */
  private enum End {
    NEXT_BLOCK,
    LAST_LAYER
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void addsAndNormalisesRowsOfAnyWidth(String device) {
    Numbers numbers = Numbers.of("add_rms_norm");
    try (Workbench bench = Workbench.on(device)) {
      for (int columns : COLUMNS) {
        for (int rows : columns > 1000 ? new int[] {2} : new int[] {0, 1, 9}) {
          for (End end : End.values()) {
            float[] residual = numbers.bfloat16(rows * columns, 2);
            float[] branch = numbers.bfloat16(rows * columns, 5);
            check(bench, residual, branch, numbers.normal(columns, 1), end);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void keepsWhatIsNotFiniteInItsRow(String device) {
    try (Workbench bench = Workbench.on(device)) {
      for (int columns : new int[] {9, 16}) {
        float[] branch = new float[3 * columns];
        float[] residual = new float[3 * columns];
        branch[columns] = Float.NaN;
        residual[2 * columns] = Float.NEGATIVE_INFINITY;
        float[] scale = new float[columns];
        java.util.Arrays.fill(scale, 1);
        check(bench, residual, branch, scale, End.NEXT_BLOCK);
      }
    }
  }

  private static void check(
      Workbench bench, float[] residual, float[] branch, float[] scale, End end) {
    int columns = scale.length;
    DeviceMemory out = bench.empty(ElementType.BF16, residual.length);
    DeviceMemory sum = bench.bfloat16(residual);
    DeviceMemory scales = bench.floats(scale);
    new AddRmsNormKernel(bench.library())
        .launch(
            bench.stream(),
            end == End.LAST_LAYER ? null : new AddRmsNormKernel.Next(out, scales),
            sum,
            new AddRmsNormKernel.Branch(bench.bfloat16(branch), scales),
            new MatrixSize(residual.length / columns, columns));
    float[] expected = new float[residual.length];
    float[] expectedSum = residual.clone();
    AddRmsNormReference.apply(expected, expectedSum, branch, scale, scale);
    String what = end + " " + residual.length / columns + " x " + columns;
    // Where the sum cancels, the float32 error of its parts (up to about 16) remains.
    Tolerance tolerance = Tolerance.ONE_ROUNDING.plus(16 * 0x1p-22);
    tolerance.check("residual " + what, expectedSum, bench.readBfloat16(sum, residual.length));
    if (end == End.NEXT_BLOCK) {
      tolerance.check("out " + what, expected, bench.readBfloat16(out, residual.length));
    }
    bench.clear();
  }
}
