package dev.phoenix.ops.cpu;

import dev.phoenix.ops.HostRows;
import dev.phoenix.ops.RowTable;

/**
 * A table that is read in place; only gathered rows are copied.
 *
 * @param source the rows
 */
record CpuRowTable(HostRows source) implements RowTable {
  static CpuRowTable of(RowTable table) {
    if (table instanceof CpuRowTable cpu) {
      return cpu;
    }
    throw new IllegalArgumentException(
        "a table [%d, %d] is not in CPU memory".formatted(table.rows(), table.columns()));
  }

  @Override
  public long rows() {
    return source.rows();
  }

  @Override
  public int columns() {
    return source.columns();
  }
}
