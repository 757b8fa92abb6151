package dev.phoenix.ops;

/** Which rows of a table make a row of an input: its hashes, side by side. */
@FunctionalInterface
public interface RowNumbers {
  /**
   * The table row that is part {@code part} of row {@code row}. Called from several threads at
   * once.
   */
  long number(int row, int part);
}
