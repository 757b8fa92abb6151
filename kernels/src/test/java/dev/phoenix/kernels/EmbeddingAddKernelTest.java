package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.reference.EmbeddingGatherReference;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EmbeddingAddKernelTest {
  private static final int VOCABULARY = 100;

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void addsTheSumOfARowsEmbeddings(String device) {
    Numbers numbers = Numbers.of("embedding_add");
    try (Workbench bench = Workbench.on(device)) {
      for (ElementType type : ElementType.values()) {
        for (int hashes : new int[] {0, 1, 3}) {
          for (int columns : new int[] {1, 31, 32, 33, 300}) {
            check(bench, numbers, type, new MatrixSize(9, columns), hashes);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void readsNoReservedRowAndShowsIndicesOutside(String device) {
    try (Workbench bench = Workbench.on(device)) {
      float[] table = new float[VOCABULARY];
      Arrays.fill(table, 1);
      DeviceMemory tokens = bench.bfloat16(new float[] {1, 1, 1});
      new EmbeddingAddKernel(bench.library())
          .launch(
              bench.stream(),
              tokens,
              new EmbeddingGatherKernel.Table(bench.floats(table), ElementType.F32, VOCABULARY, 65),
              new EmbeddingAddKernel.Indices(bench.integers(64, 65, 65, -1, 66, 99), 2),
              new MatrixSize(3, 1));
      Tolerance.ONE_ROUNDING.check(
          "tokens", new float[] {2, Float.NaN, 3}, bench.readBfloat16(tokens, 3));
    }
  }

  private static void check(
      Workbench bench, Numbers numbers, ElementType type, MatrixSize size, int hashes) {
    int columns = size.columns();
    float[] table = numbers.bfloat16(VOCABULARY * columns, 1);
    int[] indices = numbers.integers(size.rows() * hashes, 0, VOCABULARY);
    float[] expected = numbers.bfloat16(size.rows() * columns, 1);
    DeviceMemory tokens = bench.bfloat16(expected);
    new EmbeddingAddKernel(bench.library())
        .launch(
            bench.stream(),
            tokens,
            new EmbeddingGatherKernel.Table(bench.typed(type, table), type, VOCABULARY, 0),
            new EmbeddingAddKernel.Indices(bench.integers(indices), hashes),
            size);
    float[] rows = new float[indices.length * columns];
    EmbeddingGatherReference.apply(rows, table, indices, columns);
    for (int i = 0; i < rows.length; i++) {
      expected[i / columns / hashes * columns + i % columns] += rows[i];
    }
    Tolerance.ONE_ROUNDING.check(
        type + " " + size + ", " + hashes + " hashes",
        expected,
        bench.readBfloat16(tokens, expected.length));
    bench.clear();
  }
}
