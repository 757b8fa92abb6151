package dev.phoenix.checkpoint;

import java.nio.file.Path;

/**
 * Writes the three embedding tables for {@link EmbeddingTables}, block by block from a combined
 * table.
 */
public final class EmbeddingTablesWriter {
  private static final int BLOCK_ROWS = 4096;

  private EmbeddingTablesWriter() {}

  /** Source of the rows of a combined table. */
  @FunctionalInterface
  public interface Source {
    /** Copies {@code count} rows from row {@code from} on, densely, to {@code to[0..]}. */
    void copyRows(int from, int count, float[] to);
  }

  /**
   * Replaces {@code target} atomically.
   *
   * @param dimension D, floats in a row
   */
  public static void write(Path target, Vocabulary vocabulary, int dimension, Source rows) {
    try (NpzWriter writer = NpzWriter.create(target)) {
      Table table = new Table(writer, dimension, rows);
      table.write("user_embeddings", vocabulary.userStart(), vocabulary.user());
      table.write("item_embeddings", vocabulary.itemStart(), vocabulary.item());
      table.write("author_embeddings", vocabulary.authorStart(), vocabulary.author());
      writer.commit();
    }
  }

  private record Table(NpzWriter writer, int dimension, Source rows) {
    void write(String name, long start, int count) {
      float[] block = new float[BLOCK_ROWS * dimension];
      try (NpyOutput out = writer.begin(name, NpyType.FLOAT32, count, dimension)) {
        for (int row = 0; row < count; row += BLOCK_ROWS) {
          int length = Math.min(BLOCK_ROWS, count - row);
          rows.copyRows(Math.toIntExact(start + row), length, block);
          out.write(block, 0, length * dimension);
        }
      }
    }
  }
}
