package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertNotMapped;
import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables of small models, with and without a table of IP ids. */
class EmbeddingTablesTest {
  private static final int D = 4;
  private static final int USERS = 2;
  private static final int ITEMS = 3;
  private static final int AUTHORS = 2;
  private static final int IPS = 5;
  private static final String ROWS =
      "\"user_vocab_size\": 2, \"item_vocab_size\": 3, \"author_vocab_size\": 2, ";
  private static final String HASHES =
      """
      "hash_params": {"user_hash_scales": [1, 2], "user_biases": [3, 4], "user_modulus": 5,
        "item_hash_scales": [1, 2], "item_biases": [3, 4], "item_modulus": 5,
        "author_hash_scales": [1], "author_biases": [3], "author_modulus": 5,
        "ip_hash_scales": [1], "ip_biases": [3], "ip_modulus": 5},
      """;

  @TempDir Path folder;

  @Test
  void eachCombinedRowIsThatOfItsTable() {
    ModelConfig config = config("\"num_ip_hashes\": 1, ");
    try (EmbeddingTables tables = EmbeddingTables.open(write(IPS), config)) {
      assertEquals(new Vocabulary(USERS, ITEMS, AUTHORS, IPS), tables.vocabulary());
      float[] row = new float[D];
      float next = 1;
      for (int i = 0; i < tables.vocabulary().combinedRows(); i++) {
        tables.copyRow(i, row, 0);
        if (i < Vocabulary.RESERVED_ROWS) {
          assertArrayEquals(new float[D], row, "row " + i);
        } else {
          assertArrayEquals(new float[] {next, next + 1, next + 2, next + 3}, row, "row " + i);
          next += D;
        }
      }
      assertEquals(1 + (USERS + ITEMS + AUTHORS + IPS) * D, next);
    }
  }

  @Test
  void theTableOfIpIdsIsReadWhereTheConfigurationHasOne() {
    Path with = write(IPS);
    assertEquals(IPS, ipRows(with, config("\"num_ip_hashes\": 1, ")));
    assertEquals(0, ipRows(with, config("")));
    assertEquals(IPS, ipRows(with, config(ROWS + "\"ip_vocab_size\": 5, ")));
    assertEquals(0, ipRows(with, config(ROWS + "\"num_ip_hashes\": 1, ")));
    Path without = write(0);
    assertEquals(0, ipRows(without, config("\"num_ip_hashes\": 1, ")));
    assertRefused(
        () -> EmbeddingTables.open(without, config(ROWS + "\"ip_vocab_size\": 5, ")).close(),
        "tables of Vocabulary[user=2, item=3, author=2, ip=5] rows as in config.json",
        "ip=0");
  }

  @Test
  void theTableOfIpIdsIsCheckedAsTheOthers() {
    ModelConfig config = config("\"num_ip_hashes\": 1, ");
    float[] rows = new float[2 * D];
    rows[D + 1] = Float.NaN;
    assertRefused(
        () -> EmbeddingTables.open(write(rows, 2, D), config).close(),
        "'ip_embeddings'",
        "NaN in row 1, column 1");
    assertRefused(
        () -> EmbeddingTables.open(write(new float[D], 1, D), config).close(),
        "'ip_embeddings'",
        "FLOAT32 [rows >= 2, 4] in C order",
        "FLOAT32 [1, 4]");
  }

  @Test
  void whatHappensToIpHashesIsLoggedOnce() {
    Path npz = write(IPS);
    assertEquals(List.of(), logged(npz, config("")));
    String leftOut = "WARN " + npz + ": the model has 1 IP hashes, but there is no ip_embedding";
    for (String more : List.of("", ROWS, ROWS + HASHES)) {
      List<String> lines = logged(npz, config(more + "\"num_ip_hashes\": 1, "));
      assertEquals(1, lines.size(), more);
      assertTrue(lines.getFirst().startsWith(leftOut), lines::toString);
    }
    String all = ROWS + HASHES + "\"num_ip_hashes\": 1, \"ip_vocab_size\": 5, ";
    assertEquals(
        List.of(
            "INFO "
                + npz
                + ": the model has 1 IP hashes; histories that name no user_ip_id are read"
                + " without their term"),
        logged(npz, config(all)));
  }

  @Test
  void entriesOfOtherNamesAreLoggedAndIgnored() {
    Path npz = folder.resolve("tables.npz");
    try (NpzWriter writer = NpzWriter.create(npz)) {
      writeTables(writer);
      writer.write("ip_embeddings", new float[2 * D], 2, D);
      writer.write("post_embeddings", new float[1], 1);
      writer.commit();
    }
    assertEquals(
        List.of("WARN " + npz + ": entry 'post_embeddings': unknown entry ignored"),
        logged(npz, config("")));
  }

  @Test
  void tablesOfOneRowAndInFortranOrderAreRefused() throws IOException {
    String shape = "'shape': (2, 4), }";
    RawZip fortran = new RawZip();
    fortran.store(
        "user_embeddings.npy",
        RawZip.npy("{'descr': '<f4', 'fortran_order': True, " + shape, new byte[4 * 2 * D]));
    Path npz = Files.write(folder.resolve("fortran.npz"), fortran.build());
    assertRefused(
        () -> EmbeddingTables.open(npz, config("")).close(),
        "'user_embeddings'",
        "found FLOAT32 [2, 4] in Fortran order");
    assertNotMapped(npz);
  }

  @Test
  void checksumsAreCompared() throws IOException {
    RawZip zip = new RawZip();
    for (String name : List.of("user", "item", "author")) {
      String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }";
      zip.store(name + "_embeddings.npy", RawZip.npy(header, new byte[4 * 2 * D]));
    }
    zip.entries.get(1).crc++;
    Path npz = Files.write(folder.resolve("corrupt.npz"), zip.build());
    try (EmbeddingTables tables = EmbeddingTables.open(npz, config(""))) {
      assertRefused(tables::verifyChecksums, "'item_embeddings.npy'", "the file is corrupt");
    }
  }

  private static int ipRows(Path npz, ModelConfig config) {
    try (EmbeddingTables tables = EmbeddingTables.open(npz, config)) {
      return tables.vocabulary().ip();
    }
  }

  private static List<String> logged(Path npz, ModelConfig config) {
    try (LogLines log = LogLines.of(EmbeddingTables.class)) {
      EmbeddingTables.open(npz, config).close();
      return log.lines();
    }
  }

  private static ModelConfig config(String keys) {
    String json =
        ModelConfigTest.MINIMAL
            .replace("\"emb_size\": 64", "\"emb_size\": " + D)
            .replaceFirst("\\{", "{" + keys.replace("\n", " "));
    return ModelConfig.parse(json, "config.json");
  }

  /** Tables whose values count on from 1. */
  private Path write(int ips) {
    return ips == 0 ? write(new float[0]) : write(count(USERS + ITEMS + AUTHORS, ips), ips, D);
  }

  private Path write(float[] ips, long... shape) {
    Path npz = folder.resolve("embedding_tables.npz");
    try (NpzWriter writer = NpzWriter.create(npz)) {
      writeTables(writer);
      if (shape.length > 0) {
        writer.write("ip_embeddings", ips, shape);
      }
      writer.commit();
    }
    return npz;
  }

  private static void writeTables(NpzWriter writer) {
    int before = 0;
    for (Map.Entry<String, Integer> table :
        List.of(Map.entry("user", USERS), Map.entry("item", ITEMS), Map.entry("author", AUTHORS))) {
      int rows = table.getValue();
      writer.write(table.getKey() + "_embeddings", count(before, rows), rows, D);
      before += rows;
    }
  }

  private static float[] count(int before, int rows) {
    float[] values = new float[rows * D];
    for (int i = 0; i < values.length; i++) {
      values[i] = before * D + i + 1;
    }
    return values;
  }
}
