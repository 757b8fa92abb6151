package dev.phoenix.ops;

/**
 * A table in a backend's memory from which rows can be gathered. Created by {@link Ops#rowTable}.
 */
public interface RowTable {
  /** The number of rows, rows of zeros at the beginning included. */
  long rows();

  /** Floats in a row. */
  int columns();
}
