package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.reference.EmbeddingGatherReference;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EmbeddingGatherKernelTest {
  private static final int VOCABULARY = 100;

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void gathersRowsOfAnyWidth(String device) {
    Numbers numbers = Numbers.of("embedding_gather");
    try (Workbench bench = Workbench.on(device)) {
      for (ElementType type : ElementType.values()) {
        for (int columns : new int[] {1, 7, 8, 31, 32, 33, 128, 2056}) {
          int rows = columns > 1000 ? 3 : 33;
          int[] indices = numbers.integers(rows, 0, VOCABULARY);
          indices[0] = 0;
          indices[1] = EmbeddingGatherKernel.RESERVED_ROWS - 1;
          indices[2] = VOCABULARY - 1;
          check(bench, type, table(numbers, type, columns), indices);
        }
      }
    }
  }

  /** The values of reserved rows are not zero here, and the kernel must not have read them. */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void readsNoReservedRowAndShowsIndicesOutside(String device) {
    try (Workbench bench = Workbench.on(device)) {
      for (int columns : new int[] {3, 8}) {
        float[] table = new float[VOCABULARY * columns];
        Arrays.fill(table, 1);
        float[] actual =
            run(bench, ElementType.F32, table, new int[] {64, 65, -1, VOCABULARY, 0, 1 << 30});
        float[] expected = new float[6 * columns];
        Arrays.fill(expected, columns, 2 * columns, 1);
        Arrays.fill(expected, 2 * columns, 4 * columns, Float.NaN);
        Arrays.fill(expected, 5 * columns, 6 * columns, Float.NaN);
        Tolerance.ONE_ROUNDING.check(columns + " columns", expected, actual);
      }
    }
  }

  private static float[] table(Numbers numbers, ElementType type, int columns) {
    float[] table = numbers.normal(VOCABULARY * columns, 1);
    Arrays.fill(table, 0, EmbeddingGatherKernel.RESERVED_ROWS * columns, 0);
    return type == ElementType.F32 ? table : Bfloat16.round(table);
  }

  private static void check(Workbench bench, ElementType type, float[] table, int[] indices) {
    int columns = table.length / VOCABULARY;
    float[] expected = new float[indices.length * columns];
    EmbeddingGatherReference.apply(expected, table, indices, columns);
    // A copy, rounded once: exact.
    new Tolerance(0, 0)
        .check(
            type + ", " + columns + " columns",
            Bfloat16.round(expected),
            run(bench, type, table, indices));
  }

  private static float[] run(Workbench bench, ElementType type, float[] table, int[] indices) {
    int columns = table.length / VOCABULARY;
    int gathered = indices.length * columns;
    DeviceMemory out = bench.empty(ElementType.BF16, gathered);
    new EmbeddingGatherKernel(bench.library())
        .launch(
            bench.stream(),
            out,
            new EmbeddingGatherKernel.Table(
                bench.typed(type, table), type, VOCABULARY, EmbeddingGatherKernel.RESERVED_ROWS),
            bench.integers(indices),
            new MatrixSize(indices.length, columns));
    float[] result = bench.readBfloat16(out, gathered);
    bench.clear();
    return result;
  }
}
