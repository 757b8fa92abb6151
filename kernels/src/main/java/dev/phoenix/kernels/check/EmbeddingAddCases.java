package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.EmbeddingAddKernel;
import dev.phoenix.kernels.EmbeddingGatherKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.RowTypes;
import dev.phoenix.kernels.reference.AddRowsReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Cases of {@code embedding_add}. */
public final class EmbeddingAddCases {
  private static final int VOCABULARY = 100;

  private EmbeddingAddCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (ElementType table : ElementType.values()) {
      for (int hashes : new int[] {0, 1, 3}) {
        for (int columns : new int[] {1, 31, 32, 33, 300}) {
          cases.add(of(new MatrixSize(9, columns), hashes, table));
        }
      }
      cases.add(of(new MatrixSize(0, 32), 2, table));
    }
    for (int columns : new int[] {1, 32, 33, 300}) {
      cases.add(ofFloats(new MatrixSize(9, columns)));
    }
    cases.add(
        KernelCase.of(
            "embedding_add", "reserved rows, indices outside", (bench, numbers) -> outside(bench)));
    return cases;
  }

  /**
   * bfloat16 tokens and random rows.
   *
   * @param size of the tokens
   * @param hashes per token
   * @param table type of the table
   */
  public static KernelCase of(MatrixSize size, int hashes, ElementType table) {
    int columns = size.columns();
    return KernelCase.of(
        "embedding_add",
        "%d x %d, %d hashes, %s table".formatted(size.rows(), columns, hashes, table),
        (bench, numbers) -> {
          float[] rows = numbers.bfloat16(VOCABULARY * columns, 1);
          int[] indices = numbers.integers(size.rows() * hashes, 0, VOCABULARY);
          float[] tokens = numbers.bfloat16(size.rows() * columns, 1);
          return prepare(
              bench,
              new Inputs(rows, indices, tokens),
              size,
              new RowTypes(table, ElementType.BF16),
              Tolerance.ONE_ROUNDING);
        });
  }

  /** float32 tokens, one random row of a float32 table each. */
  public static KernelCase ofFloats(MatrixSize size) {
    int columns = size.columns();
    return KernelCase.of(
        "embedding_add",
        "%d x %d, float32 tokens".formatted(size.rows(), columns),
        (bench, numbers) -> {
          float[] rows = numbers.normal(VOCABULARY * columns, 1);
          float[] tokens = numbers.normal(size.rows() * columns, 1);
          int[] indices = numbers.integers(size.rows(), 0, VOCABULARY);
          return prepare(
              bench,
              new Inputs(rows, indices, tokens),
              size,
              new RowTypes(ElementType.F32, ElementType.F32),
              Tolerance.EXACT);
        });
  }

  private record Inputs(float[] table, int[] indices, float[] tokens) {
    float[] expected(int columns) {
      float[] expected = tokens.clone();
      int count = tokens.length / columns;
      int hashes = count == 0 ? 0 : indices.length / count;
      for (int hash = 0; hash < hashes; hash++) {
        int of = hash;
        int[] rows = IntStream.range(0, count).map(i -> indices[i * hashes + of]).toArray();
        AddRowsReference.apply(expected, table, rows, columns);
      }
      return expected;
    }
  }

  /** Prepares a case with types for the table and the tokens. */
  private static PreparedCase prepare(
      Workbench bench, Inputs inputs, MatrixSize size, RowTypes types, Tolerance tolerance) {
    int columns = size.columns();
    int count = inputs.tokens().length;
    int hashes = count == 0 ? 0 : inputs.indices().length / size.rows();
    DeviceMemory tokens = bench.typed(types.out(), inputs.tokens());
    var table =
        new EmbeddingGatherKernel.Table(
            bench.typed(types.in(), inputs.table()), types.in(), VOCABULARY, 0);
    var indices = new EmbeddingAddKernel.Indices(bench.integers(inputs.indices()), hashes);
    EmbeddingAddKernel kernel = new EmbeddingAddKernel(bench.library());
    long rowBytes = inputs.indices().length * (4L + (long) columns * types.in().byteSize());
    return new PreparedCase(
        () -> {
          if (types.out() == ElementType.F32) {
            kernel.launchFloats(bench.stream(), tokens, table, indices, size);
          } else {
            kernel.launch(bench.stream(), tokens, table, indices, size);
          }
        },
        Output.of(
            "tokens", Format.of(types.out()), tokens, tolerance, () -> inputs.expected(columns)),
        hashes == 0
            ? Work.moving(0)
            : Work.moving(rowBytes + 2L * count * types.out().byteSize())
                .withFlops((long) count * hashes));
  }

  /** Reserved rows of the table are not zero here, to show that the kernel does not read them. */
  private static PreparedCase outside(Workbench bench) {
    float[] ones = new float[VOCABULARY];
    Arrays.fill(ones, 1);
    DeviceMemory tokens = bench.bfloat16(new float[] {1, 1, 1});
    var table =
        new EmbeddingGatherKernel.Table(
            bench.floats(ones), ElementType.F32, VOCABULARY, EmbeddingGatherKernel.RESERVED_ROWS);
    var indices = new EmbeddingAddKernel.Indices(bench.integers(64, 65, 65, -1, 66, 99), 2);
    EmbeddingAddKernel kernel = new EmbeddingAddKernel(bench.library());
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), tokens, table, indices, new MatrixSize(3, 1)),
        Output.of(
            "tokens",
            Format.BFLOAT16,
            tokens,
            Tolerance.ONE_ROUNDING,
            () -> new float[] {2, Float.NaN, 3}),
        Work.moving(12));
  }
}
