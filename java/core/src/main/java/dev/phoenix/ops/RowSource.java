package dev.phoenix.ops;

/** Where the rows of an input come from: embedding tables, arrays of looked-up embeddings. */
@FunctionalInterface
public interface RowSource {
  /** Writes row {@code row} to {@code to[at..]}. Called from several threads at once. */
  void copyRow(int row, float[] to, int at);
}
