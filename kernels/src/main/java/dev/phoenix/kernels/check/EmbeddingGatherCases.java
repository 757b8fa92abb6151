package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.EmbeddingGatherKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.EmbeddingGatherReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Cases of {@code embedding_gather}. */
public final class EmbeddingGatherCases {
  private static final int RESERVED = EmbeddingGatherKernel.RESERVED_ROWS;
  private static final int VOCABULARY = 100;

  private EmbeddingGatherCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (ElementType table : ElementType.values()) {
      for (int columns : new int[] {1, 7, 8, 31, 32, 33, 128, 2056}) {
        cases.add(of(new MatrixSize(columns > 1000 ? 3 : 33, columns), VOCABULARY, table));
      }
      cases.add(of(new MatrixSize(0, 8), VOCABULARY, table));
    }
    for (Place place : Place.values()) {
      for (int columns : new int[] {1, 7, 8, 31, 32, 33, 128, 2056}) {
        cases.add(floats(new MatrixSize(columns > 1000 ? 5 : 33, columns), place));
      }
    }
    for (int columns : new int[] {3, 8}) {
      String name = "reserved rows, indices outside; " + columns + " columns";
      cases.add(
          KernelCase.of("embedding_gather", name, (bench, numbers) -> outside(bench, columns)));
    }
    return cases;
  }

  /**
   * Random rows of a random table, including its first and last rows.
   *
   * @param size rows that are gathered, and their columns
   * @param vocabulary rows of the table, reserved ones included
   * @param type of the table
   */
  public static KernelCase of(MatrixSize size, int vocabulary, ElementType type) {
    int columns = size.columns();
    String of = vocabulary == VOCABULARY ? "" : " of " + vocabulary;
    return KernelCase.of(
        "embedding_gather",
        "%d x %d%s, %s table".formatted(size.rows(), columns, of, type),
        (bench, numbers) -> {
          float[] drawn = numbers.normal(vocabulary * columns, 1);
          Arrays.fill(drawn, 0, RESERVED * columns, 0);
          float[] table = type == ElementType.F32 ? drawn : Bfloat16.round(drawn);
          int[] indices = numbers.integers(size.rows(), 0, vocabulary);
          int[] edges = {0, RESERVED - 1, vocabulary - 1};
          System.arraycopy(edges, 0, indices, 0, Math.min(edges.length, indices.length));
          // A copy, rounded once: exact.
          return prepare(
              bench,
              new Inputs(table, type, indices, columns),
              () -> {
                float[] expected = new float[indices.length * columns];
                EmbeddingGatherReference.apply(expected, table, indices, columns);
                return Bfloat16.round(expected);
              });
        });
  }

  /** Memory that holds the table. */
  private enum Place {
    DEVICE,
    /** Mapped host memory. */
    HOST
  }

  /** float32 rows of a float32 table: the first and last rows, and an index outside of it. */
  private static KernelCase floats(MatrixSize size, Place place) {
    int columns = size.columns();
    return KernelCase.of(
        "embedding_gather",
        "%d x %d, float32 from the %s".formatted(size.rows(), columns, place),
        (bench, numbers) -> {
          float[] table = numbers.normal(VOCABULARY * columns, 1);
          int[] indices = numbers.integers(size.rows(), 0, VOCABULARY);
          int[] edges = {0, RESERVED - 1, RESERVED, VOCABULARY - 1, -1};
          System.arraycopy(edges, 0, indices, 0, edges.length);
          DeviceMemory out = bench.empty(ElementType.F32, (long) size.rows() * columns);
          DeviceMemory memory = place == Place.HOST ? bench.mapped(table) : bench.floats(table);
          var rows = new EmbeddingGatherKernel.Table(memory, ElementType.F32, VOCABULARY, RESERVED);
          DeviceMemory numbersOfRows = bench.integers(indices);
          EmbeddingGatherKernel kernel = new EmbeddingGatherKernel(bench.library());
          return new PreparedCase(
              () -> kernel.launchFloats(bench.stream(), out, rows, numbersOfRows, size),
              Output.of(
                  "out",
                  Format.FLOAT32,
                  out,
                  Tolerance.EXACT,
                  () -> expectedFloats(table, indices, columns)),
              Work.moving(size.rows() * (4 + 4L * columns) + rowsRead(indices) * 4L * columns));
        });
  }

  private static long rowsRead(int[] indices) {
    return Arrays.stream(indices).filter(i -> i >= RESERVED && i < VOCABULARY).count();
  }

  private static float[] expectedFloats(float[] table, int[] indices, int columns) {
    float[] read = table.clone();
    Arrays.fill(read, 0, RESERVED * columns, 0f);
    int[] inside = Arrays.stream(indices).map(index -> Math.max(index, 0)).toArray();
    float[] expected = new float[indices.length * columns];
    EmbeddingGatherReference.apply(expected, read, inside, columns);
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0) {
        Arrays.fill(expected, i * columns, (i + 1) * columns, Float.NaN);
      }
    }
    return expected;
  }

  private record Inputs(float[] table, ElementType type, int[] indices, int columns) {}

  /** Reserved rows of the table are not zero here, to show that the kernel does not read them. */
  private static PreparedCase outside(Workbench bench, int columns) {
    float[] table = new float[VOCABULARY * columns];
    Arrays.fill(table, 1);
    int[] indices = {RESERVED - 1, RESERVED, -1, VOCABULARY, 0, 1 << 30};
    return prepare(
        bench,
        new Inputs(table, ElementType.F32, indices, columns),
        () -> {
          float[] expected = new float[indices.length * columns];
          Arrays.fill(expected, columns, 2 * columns, 1);
          Arrays.fill(expected, 2 * columns, 4 * columns, Float.NaN);
          Arrays.fill(expected, 5 * columns, 6 * columns, Float.NaN);
          return expected;
        });
  }

  private static PreparedCase prepare(Workbench bench, Inputs inputs, Supplier<float[]> expected) {
    int columns = inputs.columns();
    int rows = inputs.indices().length;
    DeviceMemory out = bench.empty(ElementType.BF16, (long) rows * columns);
    var table =
        new EmbeddingGatherKernel.Table(
            bench.typed(inputs.type(), inputs.table()),
            inputs.type(),
            inputs.table().length / columns,
            RESERVED);
    DeviceMemory indices = bench.integers(inputs.indices());
    EmbeddingGatherKernel kernel = new EmbeddingGatherKernel(bench.library());
    long read =
        Arrays.stream(inputs.indices()).filter(i -> i >= RESERVED && i < table.rows()).count();
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), out, table, indices, new MatrixSize(rows, columns)),
        Output.of("out", Format.BFLOAT16, out, Tolerance.EXACT, expected),
        Work.moving(rows * (4 + 2L * columns) + read * columns * inputs.type().byteSize()));
  }
}
