package dev.phoenix.ops;

/** A table of rows where its backend gathers them fastest. Made by {@link Ops#rowTable}. */
public interface RowTable {
  /** Rows, those of zeros at the beginning included. */
  long rows();

  /** Floats in a row. */
  int columns();
}
