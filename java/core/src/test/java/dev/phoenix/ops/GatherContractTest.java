package dev.phoenix.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.tensor.Tensor;
import dev.phoenix.testing.Closeness;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests gathering of embedding rows by number, from a table in device or host memory. */
@ParameterizedClass
@EnumSource(Backend.class)
class GatherContractTest {
  private static final int[] ROWS = {0, 1, 8, 33};

  private final Workbench bench;
  private final Ops ops;

  GatherContractTest(Backend backend) {
    bench = new Workbench(backend, "gather");
    ops = bench.ops;
  }

  @AfterEach
  void closeBench() {
    bench.close();
  }

  /** A table of 3 rows of zeros and parts of 4, 0 and 6 rows. */
  private static HostRows table(float[] first, float[] last, int columns) {
    return HostRows.of(
        3,
        columns,
        List.of(
            MemorySegment.ofArray(first),
            MemorySegment.ofArray(new float[0]),
            MemorySegment.ofArray(last)));
  }

  @Test
  void gatherPutsTheNumberedRowsSideBySide() {
    for (int columns : Workbench.SIZES) {
      float[] first = bench.normal(4 * columns);
      float[] last = bench.normal(6 * columns);
      HostRows source = table(first, last, columns);
      float[] all = new float[13 * columns];
      System.arraycopy(first, 0, all, 3 * columns, first.length);
      System.arraycopy(last, 0, all, 7 * columns, last.length);
      RowTable table = ops.rowTable(bench.scope, source);
      assertEquals(13, table.rows());
      assertEquals(columns, table.columns());
      for (int rows : ROWS) {
        for (int parts : new int[] {1, 3}) {
          Tensor out = bench.stale(rows, parts * columns);
          ops.gather(out, table, (row, part) -> (5L * row + 2L * part) % 13);
          float[] expected = new float[rows * parts * columns];
          for (int i = 0; i < rows * parts; i++) {
            int number = (5 * (i / parts) + 2 * (i % parts)) % 13;
            System.arraycopy(all, number * columns, expected, i * columns, columns);
          }
          Closeness.assertSame("gather " + out, expected, out.toArray());
        }
      }
    }
  }

  @Test
  void rowsThatTheTableDoesNotHaveAreRefused() {
    RowTable table = ops.rowTable(bench.scope, table(bench.normal(8), bench.normal(12), 2));
    Tensor out = bench.stale(2, 4);
    assertThrows(IndexOutOfBoundsException.class, () -> ops.gather(out, table, (row, part) -> 13));
    assertThrows(IndexOutOfBoundsException.class, () -> ops.gather(out, table, (row, part) -> -1));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> ops.gather(out, table, (row, part) -> (1L << 32) + 5));
    Tensor odd = bench.stale(2, 3);
    assertThrows(IllegalArgumentException.class, () -> ops.gather(odd, table, (row, part) -> 0));
    assertThrows(IllegalArgumentException.class, () -> table(bench.normal(7), bench.normal(12), 2));
  }
}
