package dev.phoenix.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeepKeyValuesKernelTest {
  private static final AttentionHeads[] HEADS = {
    new AttentionHeads(1, 1, 2, 1),
    new AttentionHeads(3, 1, 6, 1),
    new AttentionHeads(4, 2, 32, 1),
    new AttentionHeads(2, 2, 34, 1),
    new AttentionHeads(8, 2, 128, 1)
  };

  /** As history_attention leaves them, from rows with queries and from rows without. */
  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void keepsKeysAndValuesHeadByHead(String device) {
    Numbers numbers = Numbers.of("keep_key_values");
    try (Workbench bench = Workbench.on(device)) {
      for (AttentionHeads heads : HEADS) {
        for (int rows : new int[] {0, 1, 31, 33}) {
          FusedRows fused = FusedRows.random(numbers, heads, rows);
          float[] expected = fused.kept();
          check(bench, heads, expected, fused.values(), heads.queryColumns());
          check(bench, heads, expected, withoutQueries(fused), 0);
        }
      }
    }
  }

  private static float[] withoutQueries(FusedRows fused) {
    int all = fused.heads().fusedColumns();
    int queries = fused.heads().queryColumns();
    float[] rest = new float[fused.rows() * (all - queries)];
    for (int row = 0; row < fused.rows(); row++) {
      System.arraycopy(
          fused.values(), row * all + queries, rest, row * (all - queries), all - queries);
    }
    return rest;
  }

  private static void check(
      Workbench bench, AttentionHeads heads, float[] expected, float[] x, int firstColumn) {
    int columns = heads.fusedColumns() - heads.queryColumns() + firstColumn;
    DeviceMemory kept = bench.empty(ElementType.BF16, expected.length);
    new KeepKeyValuesKernel(bench.library(), heads)
        .launch(
            bench.stream(),
            kept,
            new KeepKeyValuesKernel.Source(
                bench.bfloat16(x), new MatrixSize(x.length / columns, columns), firstColumn));
    new Tolerance(0, 0)
        .check(
            heads + " from column " + firstColumn + " of " + Arrays.toString(new int[] {x.length}),
            expected,
            bench.readBfloat16(kept, expected.length));
    bench.clear();
  }

  @ParameterizedTest
  @MethodSource("dev.phoenix.kernels.Workbench#devices")
  void namesRowsWithoutRoomForKeysAndValues(String device) {
    try (Workbench bench = Workbench.on(device)) {
      var kernel = new KeepKeyValuesKernel(bench.library(), HEADS[0]);
      var source =
          new KeepKeyValuesKernel.Source(bench.empty(ElementType.BF16, 8), new MatrixSize(2, 4), 1);
      DeviceMemory kept = bench.empty(ElementType.BF16, 8);
      assertThrows(
          IllegalArgumentException.class, () -> kernel.launch(bench.stream(), kept, source));
    }
  }
}
