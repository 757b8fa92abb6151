package dev.phoenix.ops.cpu;

import dev.phoenix.ops.HostRows;
import dev.phoenix.ops.RowNumbers;
import dev.phoenix.ops.RowSource;
import java.util.List;

/** Copies rows of a source, or rows of a table by number, into a tensor. */
final class GatherWork extends RowWork {
  private static final HostRows NO_TABLE = HostRows.of(0, 1, List.of());

  private RowSource source = (row, to, at) -> {};
  private HostRows table = NO_TABLE;
  private RowNumbers numbers = (row, part) -> 0;
  private int parts;
  private float[] out = new float[0];
  private int stride;

  GatherWork(Team team) {
    super(team);
  }

  /** out[r] = row r of {@code newSource}. */
  void run(CpuTensor outTensor, RowSource newSource) {
    source = newSource;
    parts = 0;
    start(outTensor);
  }

  /** out[r] = the rows of {@code newTable} with the numbers of row r, side by side. */
  void run(CpuTensor outTensor, HostRows newTable, RowNumbers newNumbers) {
    if (outTensor.columns() % newTable.columns() != 0) {
      throw new IllegalArgumentException(
          "%s does not hold whole rows of %s".formatted(outTensor, newTable));
    }
    table = newTable;
    numbers = newNumbers;
    parts = outTensor.columns() / newTable.columns();
    start(outTensor);
  }

  private void start(CpuTensor outTensor) {
    out = outTensor.data();
    stride = outTensor.stride();
    runRows(outTensor.rows());
  }

  @Override
  void rows(int from, int to) {
    for (int row = from; row < to; row++) {
      if (parts == 0) {
        source.copyRow(row, out, row * stride);
      }
      for (int part = 0; part < parts; part++) {
        table.copyRow(numbers.number(row, part), out, row * stride + part * table.columns());
      }
    }
  }
}
