package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AttentionHeads;
import dev.phoenix.kernels.KeepKeyValuesKernel;
import dev.phoenix.kernels.MatrixSize;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code keep_key_values}. */
public final class KeepKeyValuesCases {
  private KeepKeyValuesCases() {}

  /** Whether queries precede the keys in a row. */
  public enum Queries {
    /** Rows queries | keys | values. */
    BEFORE_KEYS,
    /** Rows keys | values. */
    NONE
  }

  static List<KernelCase> all() {
    List<AttentionHeads> geometries =
        List.of(
            new AttentionHeads(1, 1, 2, 1),
            new AttentionHeads(3, 1, 6, 1),
            new AttentionHeads(4, 2, 32, 1),
            new AttentionHeads(2, 2, 34, 1),
            new AttentionHeads(8, 2, 128, 1));
    List<KernelCase> cases = new ArrayList<>();
    for (AttentionHeads heads : geometries) {
      for (int rows : new int[] {0, 1, 31, 33}) {
        for (Queries queries : Queries.values()) {
          cases.add(of(heads, rows, queries));
        }
      }
    }
    return cases;
  }

  /** Random rows. */
  public static KernelCase of(AttentionHeads heads, int rows, Queries queries) {
    String name =
        "%d rows, %s%s"
            .formatted(
                rows,
                HistoryAttentionCases.name(heads),
                queries == Queries.NONE ? ", no queries" : "");
    return KernelCase.of(
        "keep_key_values",
        name,
        (bench, numbers) -> prepare(bench, FusedRows.random(numbers, heads, rows), queries));
  }

  private static PreparedCase prepare(Workbench bench, FusedRows rows, Queries queries) {
    AttentionHeads heads = rows.heads();
    int skipped = queries == Queries.NONE ? heads.queryColumns() : 0;
    int columns = heads.fusedColumns() - skipped;
    float[] x = new float[rows.rows() * columns];
    for (int row = 0; row < rows.rows(); row++) {
      System.arraycopy(
          rows.values(), row * heads.fusedColumns() + skipped, x, row * columns, columns);
    }
    DeviceMemory kept = bench.empty(ElementType.BF16, heads.keptElements(rows.rows()));
    var source =
        new KeepKeyValuesKernel.Source(
            bench.bfloat16(x),
            new MatrixSize(rows.rows(), columns),
            heads.queryColumns() - skipped);
    KeepKeyValuesKernel kernel = new KeepKeyValuesKernel(bench.library(), heads);
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), kept, source),
        Output.of("kept", Format.BFLOAT16, kept, Tolerance.EXACT, rows::kept),
        Work.moving(4 * heads.keptElements(rows.rows())));
  }
}
