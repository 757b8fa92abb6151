package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A single non-finite value is found at any position, and reported with file, entry, row and
 * column.
 */
class FiniteRowsTest {
  private static final int ROWS = 9000;
  private static final int COLUMNS = 5;

  @TempDir Path folder = Path.of("");

  private NpyArray array(NpzFile file) {
    return file.get("item_embeddings");
  }

  private Path write(int index, float value) {
    Path npz = folder.resolve("embedding_tables.npz");
    float[] values = new float[ROWS * COLUMNS];
    java.util.Arrays.fill(values, -Float.MAX_VALUE);
    values[7] = Float.MIN_VALUE;
    values[8] = -0f;
    values[index] = value;
    try (NpzWriter writer = NpzWriter.create(npz)) {
      writer.write("item_embeddings", values, ROWS, COLUMNS);
      writer.commit();
    }
    return npz;
  }

  @ParameterizedTest
  @CsvSource({
    "0, NaN, 'row 0, column 0'",
    "16383, Infinity, 'row 3276, column 3'",
    "16384, -Infinity, 'row 3276, column 4'",
    "44999, NaN, 'row 8999, column 4'"
  })
  void theFirstIsNamed(int index, float value, String where) {
    try (NpzFile file = NpzFile.open(write(index, value))) {
      assertRefused(
          () -> FiniteRows.require(array(file), COLUMNS),
          "embedding_tables.npz",
          "'item_embeddings'",
          Float.toString(value),
          where);
    }
  }

  @Test
  void everyFiniteValueIsTaken() {
    try (NpzFile file = NpzFile.open(write(9, Float.MAX_VALUE))) {
      FiniteRows.require(array(file), COLUMNS);
      assertEquals(ROWS, array(file).shape()[0]);
    }
  }

  @Test
  void tablesAndCorporaAreCheckedWhereTheyAreOpened() {
    ModelConfig config = ModelConfig.read(TestFiles.demo("retrieval/config.json"));
    int d = config.embSize();
    Vocabulary vocabulary = config.vocabulary().orElseThrow();
    Path tables = folder.resolve("tables.npz");
    try (NpzWriter writer = NpzWriter.create(tables)) {
      float[] items = new float[vocabulary.item() * d];
      items[17 * d + 2] = Float.NaN;
      writer.write("user_embeddings", new float[vocabulary.user() * d], vocabulary.user(), d);
      writer.write("item_embeddings", items, vocabulary.item(), d);
      writer.write("author_embeddings", new float[vocabulary.author() * d], vocabulary.author(), d);
      writer.commit();
    }
    assertRefused(
        () -> EmbeddingTables.open(tables, config).close(),
        "tables.npz",
        "'item_embeddings'",
        "NaN in row 17, column 2");
    Path corpus = folder.resolve("corpus.npz");
    try (NpzWriter writer = NpzWriter.create(corpus)) {
      writer.write("post_ids", new long[] {1, 2}, 2);
      writer.write("author_ids", new long[] {1, 2}, 2);
      writer.write(
          "candidate_representations", new float[] {0, 1, 2, Float.POSITIVE_INFINITY}, 2, 2);
      writer.commit();
    }
    assertRefused(
        () -> Corpus.open(corpus).close(),
        "corpus.npz",
        "'candidate_representations'",
        "Infinity in row 1, column 1");
  }
}
