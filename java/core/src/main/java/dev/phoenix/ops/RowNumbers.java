package dev.phoenix.ops;

/** Names the table rows that are concatenated into a row of an input, one per hash. */
@FunctionalInterface
public interface RowNumbers {
  /**
   * The table row that is part {@code part} of row {@code row}. Called from several threads at
   * once.
   */
  long number(int row, int part);
}
