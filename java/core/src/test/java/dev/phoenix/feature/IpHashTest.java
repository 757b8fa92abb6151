package dev.phoenix.feature;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.checkpoint.ConfigWriter;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzWriter;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.testing.ConfigText;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model with IP hashes and a table for them, whose rows follow those of authors. */
class IpHashTest {
  private static final int D = 48;
  private static final String HASHES =
      """
      {"user_hash_scales": [1, 2], "user_biases": [0, 1], "user_modulus": 1009,
       "item_hash_scales": [1, 2], "item_biases": [0, 1], "item_modulus": 1009,
       "author_hash_scales": [1, 2], "author_biases": [0, 1], "author_modulus": 1009,
       "ip_hash_scales": [3, 5], "ip_biases": [7, 11], "ip_modulus": 1009}
      """;

  @TempDir Path folder = Path.of("");

  private static ConfigText text() {
    return ConfigText.small()
        .with("num_ip_hashes", 2)
        .with("user_vocab_size", 5)
        .with("item_vocab_size", 6)
        .with("author_vocab_size", 7)
        .with("ip_vocab_size", 11)
        .with("hash_params", HASHES);
  }

  private EmbeddingTables tables(ModelConfig config, boolean withIps) {
    Path npz = folder.resolve("embedding_tables.npz");
    try (NpzWriter writer = NpzWriter.create(npz)) {
      writer.write("user_embeddings", filled(5, 100), 5, D);
      writer.write("item_embeddings", filled(6, 200), 6, D);
      writer.write("author_embeddings", filled(7, 300), 7, D);
      if (withIps) {
        writer.write("ip_embeddings", filled(11, 400), 11, D);
      }
      writer.commit();
    }
    return EmbeddingTables.open(npz, config);
  }

  /** Every element of row r is {@code first + r}. */
  private static float[] filled(int rows, int first) {
    float[] values = new float[rows * D];
    for (int row = 0; row < rows; row++) {
      Arrays.fill(values, row * D, (row + 1) * D, first + row);
    }
    return values;
  }

  private static float[] ipTerm(ModelConfig config, EmbeddingTables tables, long id) {
    EngagementDetails details = EngagementDetails.NONE.withUserIpId(id);
    HashedHistory history =
        HashedHistory.create(config, tables, new UserSequence(1, List.of()), details);
    float[] sum = new float[D];
    Arrays.fill(sum, -1f);
    history.copyUserIp(sum, 0);
    return sum;
  }

  @Test
  void theRowsOfAnIdAreSummed() {
    ModelConfig config = text().parse();
    assertEquals(config, ModelConfig.parse(ConfigWriter.json(config), "written"));
    try (EmbeddingTables tables = tables(config, true)) {
      // Hash j of id 9: (9 scale + bias) mod 1009 mod (11 - 1) + 1, that is 34 and 56: rows 5, 7.
      float[] expected = new float[D];
      Arrays.fill(expected, 405 + 407);
      assertArrayEquals(expected, ipTerm(config, tables, 9));
      assertArrayEquals(new float[D], ipTerm(config, tables, 0), "id 0 is no address");
      HashFunctions hashes = HashFunctions.create(config);
      assertTrue(hashes.hasIps());
      assertEquals(65 + 5 + 6 + 7 + 5, hashes.ipRow(9, 0));
      assertEquals(0, hashes.ipRow(0, 1));
    }
  }

  @Test
  void withoutATableTheTermIsAbsent() {
    ModelConfig config = text().with("ip_vocab_size", 0).parse();
    try (EmbeddingTables tables = tables(config, false)) {
      assertFalse(HashFunctions.create(config).hasIps());
      assertArrayEquals(new float[D], ipTerm(config, tables, 9));
    }
  }

  @Test
  void aTableThatTheConfigurationNamesAndTheFileLacksIsMissed() {
    CheckpointException missing =
        assertThrows(CheckpointException.class, () -> tables(text().parse(), false).close());
    assertTrue(String.valueOf(missing.getMessage()).contains("11"), missing::toString);
  }
}
