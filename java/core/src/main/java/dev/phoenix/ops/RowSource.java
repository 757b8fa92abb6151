package dev.phoenix.ops;

/** Supplies the rows of an input, from embedding tables or arrays of looked-up embeddings. */
@FunctionalInterface
public interface RowSource {
  /** Writes row {@code row} to {@code to[at..]}. Called from several threads at once. */
  void copyRow(int row, float[] to, int at);
}
