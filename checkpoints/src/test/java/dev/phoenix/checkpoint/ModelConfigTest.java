package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {
  static final String MINIMAL =
      """
      {"emb_size": 64, "history_seq_len": 16, "candidate_seq_len": 8, "num_user_hashes": 2,
       "num_item_hashes": 2, "num_author_hashes": 1, "key_size": 32, "num_heads": 4,
       "num_layers": 1, "num_actions": 19}
      """;

  @Test
  void readsAPublishedConfiguration() {
    ModelConfig config = ModelConfig.read(TestFiles.demo("ranker/config.json"));
    assertEquals(128, config.embSize());
    assertEquals(192, config.sequence().length());
    assertEquals(4, config.attention().numQHeads());
    assertEquals(4, config.attention().numKvHeads());
    assertEquals(176, config.transformer().ffnSize());
    assertEquals(82, config.features().postAgeBuckets());
    assertEquals(Optional.of(new Vocabulary(450, 1400, 500)), config.vocabulary());
    HashConfig hashes = config.hashing().constants().orElseThrow();
    assertEquals(2, hashes.user().count());
    assertEquals(81343209, hashes.user().scale(1));
    assertEquals(1644554437, hashes.item().bias(1));
    assertEquals(4294967291L, hashes.author().modulus());
    Vocabulary vocabulary = config.vocabulary().orElseThrow();
    assertEquals(65 + 450, vocabulary.itemStart());
    assertEquals(65 + 450 + 1400, vocabulary.authorStart());
    assertEquals(65 + 450 + 1400 + 500, vocabulary.combinedRows());
  }

  @Test
  void fillsInDefaults() {
    ModelConfig config = ModelConfig.parse(MINIMAL, "minimal");
    assertEquals(16, config.features().productSurfaceVocabSize());
    assertEquals(4, config.attention().numKvHeads());
    assertEquals(60, config.features().postAgeGranularityMins());
    assertEquals(2.0, config.transformer().wideningFactor());
    assertEquals(0.125, config.attention().attnOutputMultiplier());
    assertEquals(30.0, config.features().normScale());
    assertEquals(0, config.hashCounts().ip());
    assertEquals(200, config.retrieval().topK());
    assertFalse(config.sequence().rightAnchoredRope() || config.features().useLog());
    assertTrue(config.retrieval().enableLinearProj());
    assertEquals(UserPooling.MEAN, config.retrieval().userPooling());
    assertTrue(config.vocabulary().isEmpty() && config.hashing().constants().isEmpty());
  }

  @Test
  void readsTheOptionsOfTheGoldenModels() {
    ModelConfig gqa = ModelConfig.read(TestFiles.golden("ranker_gqa/config.json"));
    assertEquals(4, gqa.attention().numQHeads());
    assertEquals(2, gqa.attention().numKvHeads());
    assertEquals(344, gqa.transformer().ffnSize());
    assertEquals(2, gqa.hashCounts().ip());
    assertTrue(gqa.sequence().rightAnchoredRope() && gqa.features().useLog());
    ModelConfig pooled = ModelConfig.read(TestFiles.golden("retrieval_meanpool/config.json"));
    assertFalse(pooled.retrieval().enableLinearProj());
    assertEquals(10, pooled.retrieval().topK());
  }

  @Test
  void ffnSizesAreTheReferences() {
    try (NpzFile golden = NpzFile.open(TestFiles.golden("components.npz"))) {
      long[] widths = golden.get("ffn_emb").toLongs();
      for (String widening : new String[] {"2.0", "4.0", "2.5"}) {
        long[] expected = golden.get("ffn_size_" + widening).toLongs();
        for (int i = 0; i < widths.length; i++) {
          String json =
              MINIMAL
                  .replace("\"emb_size\": 64", "\"emb_size\": " + widths[i])
                  .replaceFirst("\\{", "{\"widening_factor\": " + widening + ", ");
          assertEquals(expected[i], ModelConfig.parse(json, "ffn").transformer().ffnSize());
        }
      }
    }
  }

  @Test
  void writesAndReadsWhatTrainingKnows() {
    String json =
        MINIMAL.replaceFirst(
            "\\{",
            """
            {"history_end": "first", "num_continuous_actions": 3, "continuous_action_hidden_dim": 32,
             "trained_actions": [4, 1], "trained_continuous_actions": [], "retrieval_weight": 2.5,
            """);
    ModelConfig config = ModelConfig.parse(json, "config.json");
    assertEquals(HistoryEnd.FIRST, config.sequence().historyEnd());
    assertEquals(3, config.actions().numContinuousActions());
    assertEquals(32, config.features().continuousHiddenDim());
    assertEquals(
        new TrainedOutputs(new TreeSet<>(List.of(1, 4)), new TreeSet<>()),
        config.actions().trained().orElseThrow());
    assertEquals(2.5, config.retrieval().retrievalWeight());
    assertEquals(config, ModelConfig.parse(ConfigWriter.json(config), "written"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "user_pooling | \"max\" | \"mean\" or \"last\", found \"max\"",
        "user_pooling | 1 | \"mean\" or \"last\"",
        "retrieval_weight | -1 | a number from 0 to",
        "emb_size | 0 | an integer from 1 to 16384",
        "emb_size | 1e2 | an integer from 1",
        "emb_size | \"64\" | an integer from 1",
        "emb_size | 64.5 | found 64.5",
        "emb_size | 99999999999999999999 | an integer from 1",
        "emb_size | null | found null",
        "history_seq_len | -1 | found -1",
        "candidate_seq_len | 65537 | to 65536",
        "num_user_hashes | 65 | from 1 to 64",
        "key_size | 33 | an even size",
        "num_q_heads | 8 | 8 heads as in num_q_heads",
        "num_kv_heads | 3 | a divisor of the 4 query heads",
        "num_actions | 129 | from 1 to 128",
        "history_end | \"both\" | \"last\" or \"first\", found \"both\"",
        "trained_actions | [128] | from 0 to 127",
        "num_continuous_actions | 0 | from 1 to 128",
        "user_vocab_size | 1 | from 2 to 2147483647",
        "user_vocab_size | 5 | found nothing",
        "post_age_granularity_mins | 0 | from 1 to 4800",
        "widening_factor | 0 | a number above 0.0",
        "widening_factor | 0.001 | a feed-forward layer",
        "widening_factor | 1e999 | a number above",
        "norm_scale | true | a number above 0.0",
        "use_log | 1 | true or false",
        "top_k | 0 | from 1 to",
        "hash_params | [] | an object",
        "hash_params | {\"user_hash_scales\": [1]} | an array of 2 integers",
        "hash_params | {\"user_hash_scales\": [1, \"a\"]} | hash_scales[1]",
      })
  void refusesValues(String key, String value, String part) {
    String known = "\"" + key + "\": [0-9]+";
    String member = "\"" + key + "\": " + value;
    String text =
        MINIMAL.matches("(?s).*" + known + ".*")
            ? MINIMAL.replaceFirst(known, member)
            : MINIMAL.replaceFirst("\\{", "{" + member + ", ");
    assertRefused(() -> ModelConfig.parse(text, "config.json"), "config.json: $.", part);
  }

  @Test
  void checksHashParameters() {
    String hashes =
        MINIMAL.replaceFirst(
            "\\{",
            """
            {"hash_params": {"user_hash_scales": [1, 2], "user_biases": [3, 4], "user_modulus": 0},
            """);
    assertRefused(
        () -> ModelConfig.parse(hashes, "c"), "$.hash_params.user_modulus", "from 1", "found 0");
  }

  @Test
  void refusesWhatIsNotJson(@TempDir Path folder) throws IOException {
    assertRefused(() -> ModelConfig.parse("", "c"), "c: $: expected an object");
    assertRefused(() -> ModelConfig.parse("[1]", "c"), "$: expected an object", "[1]");
    assertRefused(() -> ModelConfig.parse("{\"a\": }", "c"), "c: expected JSON", "line 1");
    assertRefused(() -> ModelConfig.parse("{\"a\": 1, \"a\": 2}", "c"), "Duplicate", "a");
    assertRefused(() -> ModelConfig.parse(MINIMAL + "{}", "c"), "expected JSON");
    assertRefused(() -> ModelConfig.parse("[".repeat(1000), "c"), "depth", "100");
    assertRefused(
        () -> ModelConfig.read(folder.resolve("none.json")), "none.json", "cannot be read");
    Path large = Files.write(folder.resolve("large.json"), new byte[2 << 20]);
    assertRefused(() -> ModelConfig.read(large), "large.json", "at most 1048576 bytes");
  }

  @Test
  void ignoresUnknownKeys() {
    String json = MINIMAL.replaceFirst("\\{", "{\"new_option\": {\"a\": 1}, \"optimizer\": 2, ");
    assertEquals(64, ModelConfig.parse(json, "c").embSize());
  }
}
