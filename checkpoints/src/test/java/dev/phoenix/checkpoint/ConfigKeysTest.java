package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of a configuration that go together, and those that nothing reads. */
class ConfigKeysTest {
  private static final String VOCABULARY =
      "\"user_vocab_size\": 2, \"item_vocab_size\": 3, \"author_vocab_size\": 4, ";
  private static final String HASHES =
      """
      "user_hash_scales": [1, 2], "user_biases": [3, 4], "user_modulus": 5,
      "item_hash_scales": [6, 7], "item_biases": [8, 9], "item_modulus": 10,
      "author_hash_scales": [11], "author_biases": [12], "author_modulus": 13
      """;
  private static final String IP =
      ", \"ip_hash_scales\": [14, 15, 16], \"ip_biases\": [17, 18, 19], \"ip_modulus\": 1";

  @TempDir Path folder;

  @Test
  void readsHashesOfIpIdsWhereTheModelHasSome() {
    HashParameters ip = new HashParameters(new long[] {14, 15, 16}, new long[] {17, 18, 19}, 1);
    String hashes = "\"hash_params\": {" + HASHES;
    String three = "\"num_ip_hashes\": 3, ";
    assertEquals(Optional.of(ip), ipHashes(three + hashes + IP + "}, "));
    assertEquals(Optional.empty(), ipHashes(three + hashes + "}, "));
    assertEquals(Optional.empty(), ipHashes(hashes + IP + "}, "));
  }

  @Test
  void readsTheRowsOfIpIds() {
    assertEquals(
        Optional.of(new Vocabulary(2, 3, 4, 5)),
        parse(VOCABULARY + "\"ip_vocab_size\": 5, ").vocabulary());
    assertEquals(
        Optional.of(new Vocabulary(2, 3, 4, 2)),
        parse(VOCABULARY + "\"ip_vocab_size\": 2, ").vocabulary());
    assertEquals(
        Optional.of(new Vocabulary(2, 3, 4, 0)),
        parse(VOCABULARY + "\"ip_vocab_size\": 0, ").vocabulary());
    assertRefused(
        () -> parse(VOCABULARY + "\"ip_vocab_size\": 1, "), "$.ip_vocab_size", "0 for no table");
  }

  @Test
  void oneListOfTrainedOutputsIsEnough() {
    assertEquals(
        Optional.of(new TrainedOutputs(new TreeSet<>(List.of(3)), new TreeSet<>())),
        parse("\"trained_actions\": [3], ").actions().trained());
    assertEquals(
        Optional.of(new TrainedOutputs(new TreeSet<>(), new TreeSet<>(List.of(2)))),
        parse("\"trained_continuous_actions\": [2], ").actions().trained());
    assertEquals(Optional.empty(), parse("").actions().trained());
  }

  @Test
  void theNarrowestFeedForwardLayerIsTaken() {
    // Two thirds of the whole part of 64 * 0.04 are 1, up to a multiple of 8.
    assertEquals(8, parse("\"widening_factor\": 0.04, ").transformer().ffnSize());
  }

  @Test
  void keysThatNothingReadsAreLogged() {
    try (LogLines log = LogLines.of(ConfigReader.class)) {
      parse("\"optimizer\": 1, \"num_global_negatives\": 2, ");
      assertEquals(List.of(), log.lines());
      parse("\"other\": 1, \"hash_params\": {" + HASHES + IP + ", \"salt\": 3}, ");
      assertEquals(
          List.of(
              "WARN c: $.hash_params.salt: unknown key ignored",
              "WARN c: $.other: unknown key ignored"),
          log.lines());
    }
  }

  @Test
  void everyKeyIsWrittenAndReadAgain() {
    String all =
        VOCABULARY
            + "\"ip_vocab_size\": 5, \"num_ip_hashes\": 3, \"user_pooling\": \"last\", "
            + "\"norm_scale\": 3.5, \"use_log\": true, \"enable_linear_proj\": false, "
            + "\"right_anchored_rope\": true, \"top_k\": 7, \"num_kv_heads\": 2, "
            + "\"hash_params\": {"
            + HASHES
            + IP
            + "}, ";
    ModelConfig config = parse(all);
    Path file = folder.resolve("config.json");
    ConfigWriter.write(file, config);
    assertEquals(config, ModelConfig.read(file));
    assertTrue(ConfigWriter.json(config).contains("\"user_pooling\": \"last\""));
    ModelConfig plain = parse(VOCABULARY);
    assertEquals(plain, ModelConfig.parse(ConfigWriter.json(plain), "written"));
    assertFalse(ConfigWriter.json(plain).contains("ip_vocab_size"));
    assertFalse(ConfigWriter.json(plain).contains("user_pooling"));
    assertFalse(ConfigWriter.json(plain).contains("retrieval_weight"));
  }

  @Test
  void hashesAreEqualByAllOfTheirConstants() {
    HashParameters hash = new HashParameters(new long[] {1, 2}, new long[] {3, 4}, 1);
    HashParameters same = new HashParameters(new long[] {1, 2}, new long[] {3, 4}, 1);
    assertEquals(hash, same);
    assertEquals(hash.hashCode(), same.hashCode());
    assertEquals("scales [1, 2], biases [3, 4], modulus 1", hash.toString());
    for (HashParameters other :
        List.of(
            new HashParameters(new long[] {1, 5}, new long[] {3, 4}, 1),
            new HashParameters(new long[] {1, 2}, new long[] {3, 5}, 1),
            new HashParameters(new long[] {1, 2}, new long[] {3, 4}, 5))) {
      assertNotEquals(hash, other);
      assertNotEquals(hash.hashCode(), other.hashCode());
    }
    assertThrows(
        IllegalArgumentException.class, () -> new HashParameters(new long[1], new long[1], 0));
    assertThrows(
        IllegalArgumentException.class, () -> new HashParameters(new long[1], new long[2], 1));
  }

  private static Optional<HashParameters> ipHashes(String keys) {
    return parse(keys).hashing().constants().flatMap(HashConfig::ip);
  }

  private static ModelConfig parse(String keys) {
    String json = ModelConfigTest.MINIMAL.replaceFirst("\\{", "{" + keys.replace("\n", " "));
    return ModelConfig.parse(json, "c");
  }
}
