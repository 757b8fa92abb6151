package dev.phoenix.feature;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzWriter;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.testing.ConfigText;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user, a history and candidates by id; every element of a combined row is its number. */
class HashedFeaturesTest {
  private static final int D = 16;
  private static final int ROWS = 50;
  private static final long NOW = 1_700_000_000;
  private static final String HASHES =
      """
      {"user_hash_scales": [1, 2], "user_biases": [0, 1], "user_modulus": 1009,
       "item_hash_scales": [3, 4], "item_biases": [0, 1], "item_modulus": 1009,
       "author_hash_scales": [5], "author_biases": [0], "author_modulus": 1009}
      """;

  @TempDir Path folder = Path.of("");

  private final ModelConfig config =
      ConfigText.small()
          .with("emb_size", D)
          .with("num_user_hashes", 2)
          .with("num_item_hashes", 2)
          .with("num_author_hashes", 1)
          .with("num_actions", 4)
          .with("history_seq_len", 3)
          .with("user_vocab_size", ROWS)
          .with("item_vocab_size", ROWS)
          .with("author_vocab_size", ROWS)
          .with("hash_params", HASHES)
          .parse();
  private EmbeddingTables tables;

  @BeforeEach
  void open() {
    Path npz = folder.resolve("embedding_tables.npz");
    try (NpzWriter writer = NpzWriter.create(npz)) {
      int first = 65;
      for (String kind : List.of("user", "item", "author")) {
        float[] values = new float[ROWS * D];
        for (int i = 0; i < values.length; i++) {
          values[i] = first + i / D;
        }
        writer.write(kind + "_embeddings", values, ROWS, D);
        first += ROWS;
      }
      writer.commit();
    }
    tables = EmbeddingTables.open(npz, config);
  }

  @AfterEach
  void close() {
    tables.close();
  }

  private static Engagement engagement(long post, long author, Map<Integer, Float> actions) {
    return new Engagement(post, author, new TreeMap<>(actions));
  }

  /** Rows of the item hashes and the author hash of an id, as docs/model.md defines them. */
  private static int[] rows(long post, long author) {
    return new int[] {
      row(3 * post, post, 65 + ROWS),
      row(4 * post + 1, post, 65 + ROWS),
      row(5 * author, author, 65 + 2 * ROWS)
    };
  }

  private static int row(long hash, long id, int start) {
    return id == 0 ? 0 : (int) (start + hash % 1009 % (ROWS - 1) + 1);
  }

  private static float[] elements(int... rows) {
    float[] values = new float[rows.length * D];
    for (int i = 0; i < rows.length; i++) {
      Arrays.fill(values, i * D, (i + 1) * D, rows[i]);
    }
    return values;
  }

  private static float[] shifted(float[] copied) {
    assertEquals(-1, copied[0]);
    assertEquals(-1, copied[copied.length - 1]);
    return Arrays.copyOfRange(copied, 1, copied.length - 1);
  }

  private static float[] target(int rows) {
    float[] to = new float[rows * D + 2];
    Arrays.fill(to, -1);
    return to;
  }

  @Test
  void aHistoryIsReadFromItsEnd() {
    UserSequence sequence =
        new UserSequence(
            77,
            List.of(
                engagement(10, 20, Map.of(0, 9f)),
                engagement(11, 21, Map.of(0, 0.5f, 3, 2f, 4, 8f)),
                engagement(0, 0, Map.of()),
                engagement(13, 23, Map.of(2, 1f))));
    EngagementDetails details = new EngagementDetails(new int[] {1, 2, 3, 4}, new float[] {5, 6});
    HashedHistory history = HashedHistory.create(config, tables, sequence, details);
    assertSame(tables, history.tables());
    assertEquals(3, history.length());
    assertTrue(history.isPost(0) && history.isPost(2));
    assertFalse(history.isPost(1));
    assertEquals(List.of(2, 3, 4), IntStream.range(0, 3).map(history::surface).boxed().toList());
    assertEquals(6, history.dwellSeconds(0));
    assertEquals(0, history.dwellSeconds(1));
    float[][] expected = {{0.5f, 0, 0, 2}, {0, 0, 0, 0}, {0, 0, 1, 0}};
    for (int i = 0; i < 3; i++) {
      for (int action = 0; action < 4; action++) {
        assertEquals(expected[i][action], history.action(i, action));
      }
    }
    float[] post = target(3);
    history.copyPost(2, post, 1);
    assertArrayEquals(elements(rows(13, 23)), shifted(post));
    assertEquals(rows(13, 23)[1], history.postRow(2, 1));
    assertEquals(rows(13, 23)[2], history.postRow(2, 2));
    assertEquals(0, history.postRow(1, 2));
  }

  @Test
  void aUserHasTheRowsOfTheId() {
    HashedHistory history = HashedHistory.create(config, tables, new UserSequence(77, List.of()));
    assertTrue(history.hasUser());
    int[] rows = {row(77, 77, 65), row(2 * 77 + 1, 77, 65)};
    assertEquals(rows[1], history.userRow(1));
    float[] user = target(2);
    history.copyUser(user, 1);
    assertArrayEquals(elements(rows), shifted(user));
    assertFalse(HashedHistory.create(config, tables, new UserSequence(0, List.of())).hasUser());
    float[] ip = target(1);
    history.copyUserIp(ip, 1);
    assertArrayEquals(new float[D], shifted(ip));
  }

  @Test
  void candidatesHaveASurfaceAndAges() {
    long[] posts = {13, 0, 14};
    long[] authors = {23, 0, 24};
    HashedCandidates plain = HashedCandidates.create(config, tables, posts, authors);
    assertSame(tables, plain.tables());
    assertEquals(3, plain.count());
    assertTrue(plain.isPost(0));
    assertFalse(plain.isPost(1));
    assertEquals(0, plain.surface(2));
    assertEquals(0, plain.ageBucket(0));
    assertEquals(2, plain.slot(2));
    float[] post = target(3);
    plain.copyPost(2, post, 1);
    assertArrayEquals(elements(rows(14, 24)), shifted(post));
    assertEquals(rows(14, 24)[2], plain.postRow(2, 2));
    HashedCandidates aged =
        HashedCandidates.create(config, tables, posts, authors, 5)
            .at(new PostTimes(NOW, new long[] {NOW - 7200, 0, NOW - 60}), config);
    assertEquals(5, aged.surface(1));
    assertEquals(List.of(3, 0, 1), IntStream.range(0, 3).map(aged::ageBucket).boxed().toList());
    assertEquals(rows(13, 23)[0], aged.postRow(0, 0));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> HashedCandidates.create(config, tables, posts, new long[2]));
    assertEquals("3 post ids, 2 author ids", refused.getMessage());
  }

  @Test
  void hashesNeedTheSizesOfTheTables() {
    ModelConfig bare =
        ConfigText.small().with("num_author_hashes", 1).with("hash_params", HASHES).parse();
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> HashFunctions.create(bare));
    assertEquals(
        "the configuration has no user_vocab_size, item_vocab_size and author_vocab_size",
        refused.getMessage());
    HashFunctions hashes = HashFunctions.create(config);
    assertFalse(hashes.hasIps());
    IllegalStateException none =
        assertThrows(IllegalStateException.class, () -> hashes.ipRow(9, 0));
    assertEquals("the model hashes no IP ids", none.getMessage());
  }
}
