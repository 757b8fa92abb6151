package dev.phoenix.feature;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpyArray;
import dev.phoenix.checkpoint.NpyType;
import dev.phoenix.checkpoint.NpzFile;
import dev.phoenix.checkpoint.NpzWriter;
import dev.phoenix.testing.GoldenFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LookedUpInputsTest {
  @TempDir Path folder;

  private final ModelConfig config = ModelConfig.read(GoldenFiles.path("ranker_gqa/config.json"));

  /**
   * Writes the golden inputs without the entries {@code without} and with those that {@code more}
   * writes.
   */
  private Path inputs(Set<String> without, Consumer<NpzWriter> more) {
    Path copy = folder.resolve("inputs.npz");
    try (NpzFile file = GoldenFiles.open("ranker_gqa/inputs.npz");
        NpzWriter writer = NpzWriter.create(copy)) {
      for (String name : file.names()) {
        NpyArray array = file.get(name);
        if (without.contains(name)) {
          continue;
        }
        if (array.type() == NpyType.FLOAT32) {
          writer.write(name, array.toFloats(), array.shape());
        } else {
          writer.write(name, array.toInts(), array.shape());
        }
      }
      more.accept(writer);
      writer.commit();
    }
    return copy;
  }

  private void assertRefused(Path npz, String... parts) {
    CheckpointException e =
        assertThrows(CheckpointException.class, () -> LookedUpInputs.read(npz, config));
    for (String part : parts) {
      assertTrue(String.valueOf(e.getMessage()).contains(part), () -> part + " in " + e);
    }
  }

  @Test
  void featuresAreThoseOfTheArrays() {
    LookedUpInputs inputs = LookedUpInputs.read(GoldenFiles.path("ranker_gqa/inputs.npz"), config);
    assertEquals(3, inputs.requests());
    assertEquals(17, inputs.candidatesPerRequest());
    try (NpzFile file = GoldenFiles.open("ranker_gqa/inputs.npz")) {
      HistoryFeatures history = inputs.histories().get(1);
      assertEquals(48, history.length());
      int at = 48 + 2; // Position 2 of request 1.
      float[] rows = new float[4 * 128 + 1];
      history.copyPost(2, rows, 1);
      assertArrayEquals(
          slice(file, "history_post_embeddings", at, 256), Arrays.copyOfRange(rows, 1, 257));
      assertArrayEquals(
          slice(file, "history_author_embeddings", at, 256), Arrays.copyOfRange(rows, 257, 513));
      float[] actions = slice(file, "history_actions", at, 19);
      for (int action = 0; action < 19; action++) {
        assertEquals(actions[action], history.action(2, action));
      }
      float[] continuous = slice(file, "history_continuous_actions", at, 8);
      assertEquals(continuous[1], history.dwellSeconds(2));
      int[] hashes = file.get("candidate_post_hashes").toInts();
      CandidateFeatures candidates = inputs.candidates().get(2);
      assertEquals(17, candidates.count());
      for (int i = 0; i < 17; i++) {
        assertEquals(hashes[(2 * 17 + i) * 2] != 0, candidates.isPost(i));
        assertEquals(i, candidates.slot(i));
      }
      int[] posts = file.get("history_post_hashes").toInts();
      int[] surfaces = file.get("candidate_product_surface").toInts();
      for (int request = 0; request < 3; request++) {
        for (int i = 0; i < 48; i++) {
          assertEquals(
              posts[(request * 48 + i) * 2] != 0, inputs.histories().get(request).isPost(i));
        }
        for (int i = 0; i < 17; i++) {
          assertEquals(surfaces[request * 17 + i], inputs.candidates().get(request).surface(i));
        }
      }
    }
  }

  private static float[] slice(NpzFile file, String name, int entry, int length) {
    return Arrays.copyOfRange(file.get(name).toFloats(), entry * length, (entry + 1) * length);
  }

  @Test
  void ipRowsAreSummed() {
    LookedUpInputs inputs = LookedUpInputs.read(GoldenFiles.path("ranker_gqa/inputs.npz"), config);
    try (NpzFile file = GoldenFiles.open("ranker_gqa/inputs.npz")) {
      float[] rows = slice(file, "user_ip_embeddings", 1, 256);
      float[] sum = new float[130];
      Arrays.fill(sum, 9f);
      inputs.histories().get(1).copyUserIp(sum, 1);
      for (int d = 0; d < 128; d++) {
        assertEquals(rows[d] + rows[128 + d], sum[d + 1]);
      }
      assertEquals(9f, sum[129]);
    }
  }

  @Test
  void aMissingEntryIsNamed() {
    assertRefused(
        inputs(Set.of("history_actions"), writer -> {}), "inputs.npz", "'history_actions'");
    assertRefused(inputs(Set.of("user_hashes"), writer -> {}), "'user_hashes'");
  }

  @Test
  void anotherShapeIsNamedWithWhatWasExpected() {
    assertRefused(
        inputs(
            Set.of("candidate_product_surface"),
            writer -> writer.write("candidate_product_surface", new int[51], 17, 3)),
        "'candidate_product_surface'",
        "[3, 17]",
        "[17, 3]");
    assertRefused(
        inputs(Set.of("user_hashes"), writer -> writer.write("user_hashes", new int[3], 3)),
        "'user_hashes'",
        "[3, 2]",
        "[3]");
    assertRefused(
        inputs(
            Set.of("history_post_hashes"),
            writer -> writer.write("history_post_hashes", new int[3 * 49 * 2], 3, 49, 2)),
        "'history_post_hashes'",
        "at most S = 48",
        "49");
  }

  @Test
  void surfacesOfEveryNumberAndIntegerTypeAreRead() {
    long[] surfaces = new long[3 * 48];
    surfaces[48 + 2] = 16;
    surfaces[48 + 3] = -1;
    surfaces[48 + 4] = 1L << 40;
    LookedUpInputs inputs =
        LookedUpInputs.read(
            inputs(
                Set.of("history_product_surface"),
                writer -> writer.write("history_product_surface", surfaces, 3, 48)),
            config);
    HistoryFeatures history = inputs.histories().get(1);
    assertEquals(16, ProductSurface.row(history.surface(2), 16));
    assertEquals(16, ProductSurface.row(history.surface(3), 16));
    assertEquals(16, ProductSurface.row(history.surface(4), 16));
    assertEquals(0, ProductSurface.row(history.surface(5), 16));
  }

  @Test
  void hashesAndActionsMayHaveTheTypesThatNumPyMakes() {
    LookedUpInputs expected =
        LookedUpInputs.read(GoldenFiles.path("ranker_gqa/inputs.npz"), config);
    boolean[] actions = new boolean[3 * 48 * 19];
    long[] hashes = new long[3 * 48 * 2];
    for (int request = 0; request < 3; request++) {
      HistoryFeatures history = expected.histories().get(request);
      for (int i = 0; i < 48; i++) {
        hashes[(request * 48 + i) * 2] = history.isPost(i) ? 1L << 40 : 0;
        for (int action = 0; action < 19; action++) {
          actions[(request * 48 + i) * 19 + action] = history.action(i, action) != 0;
        }
      }
    }
    LookedUpInputs found =
        LookedUpInputs.read(
            inputs(
                Set.of("history_actions", "history_post_hashes"),
                writer -> {
                  writer.write("history_actions", actions, 3, 48, 19);
                  writer.write("history_post_hashes", hashes, 3, 48, 2);
                }),
            config);
    for (int request = 0; request < 3; request++) {
      for (int i = 0; i < 48; i++) {
        HistoryFeatures one = expected.histories().get(request);
        HistoryFeatures other = found.histories().get(request);
        assertEquals(one.isPost(i), other.isPost(i));
        for (int action = 0; action < 19; action++) {
          assertEquals(one.action(i, action), other.action(i, action));
        }
      }
    }
  }

  @Test
  void candidatesStandBehindTheHistoryOfTheirBatch() {
    Positions model = new Positions(127, 64, false);
    ModelConfig mini = ModelConfig.read(GoldenFiles.path("ranker_mini/config.json"));
    LookedUpInputs inputs = LookedUpInputs.read(GoldenFiles.path("ranker_mini/inputs.npz"), mini);
    int length = inputs.histories().get(0).length();
    Positions found = inputs.candidates().get(0).positions(model);
    assertEquals(1 + length + 3, found.candidate(3, true));
    assertEquals(
        1 + config.sequence().historySeqLen(),
        LookedUpInputs.read(GoldenFiles.path("ranker_gqa/inputs.npz"), config)
            .candidates()
            .get(0)
            .positions(model)
            .candidate(3, true),
        "a right-anchored batch ends where the model's histories end");
  }

  @Test
  void optionalEntriesHaveNeutralValues() {
    LookedUpInputs inputs =
        LookedUpInputs.read(
            inputs(
                Set.of(
                    "history_continuous_actions",
                    "candidate_impr_ts",
                    "candidate_product_surface",
                    "user_ip_embeddings"),
                writer -> {}),
            config);
    assertEquals(0f, inputs.histories().get(0).dwellSeconds(3));
    assertEquals(0, inputs.candidates().get(0).ageBucket(0));
    assertEquals(0, inputs.candidates().get(0).surface(5));
    float[] ips = new float[128];
    Arrays.fill(ips, 1f);
    inputs.histories().get(1).copyUserIp(ips, 0);
    assertArrayEquals(new float[128], ips, "no IP hashes add nothing");
  }

  private static ModelConfig changed(String from, String to) {
    try {
      String json = Files.readString(GoldenFiles.path("ranker_gqa/config.json"));
      assertTrue(json.contains(from), from);
      return ModelConfig.parse(json.replace(from, to), "changed");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void rightAnchoredCandidatesStandBehindTheLongestHistory() {
    Positions model = new Positions(127, 64, false);
    Path npz = GoldenFiles.path("ranker_gqa/inputs.npz");
    ModelConfig longer = changed("\"history_seq_len\": 48", "\"history_seq_len\": 50");
    Positions found = LookedUpInputs.read(npz, longer).candidates().get(0).positions(model);
    assertEquals(1 + 50, found.candidate(3, true));
    assertEquals(1 + 50 - 7, found.history(0, 7));
  }

  @Test
  void aModelOfOneContinuousActionHasNoDwellTime() {
    ModelConfig one = changed("\"num_actions\"", "\"num_continuous_actions\": 1, \"num_actions\"");
    float[] values = new float[3 * 48];
    Arrays.fill(values, 7f);
    Path npz =
        inputs(
            Set.of("history_continuous_actions"),
            writer -> writer.write("history_continuous_actions", values, 3, 48, 1));
    assertEquals(0f, LookedUpInputs.read(npz, one).histories().get(2).dwellSeconds(47));
  }

  @Test
  void anEntryOfTooFewAxesIsNamed() {
    assertRefused(
        inputs(
            Set.of("history_post_hashes"),
            writer -> writer.write("history_post_hashes", new int[3], 3)),
        "'history_post_hashes'",
        "expected more than 1 axes, found [3]");
  }
}
