package dev.phoenix.ops.reference;

import dev.phoenix.ops.HostRows;
import dev.phoenix.ops.RowTable;

/**
 * A table that is read in place.
 *
 * @param source the rows
 */
record ReferenceRowTable(HostRows source) implements RowTable {
  static HostRows rowsOf(RowTable table) {
    if (table instanceof ReferenceRowTable reference) {
      return reference.source();
    }
    throw new IllegalArgumentException(
        "a table [%d, %d] is not one of the reference backend"
            .formatted(table.rows(), table.columns()));
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
