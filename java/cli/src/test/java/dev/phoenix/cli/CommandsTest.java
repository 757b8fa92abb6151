package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.checkpoint.NpzFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandsTest {
  private static final Path GOLDEN =
      CommandRun.REPOSITORY.resolve("checkpoints/src/test/resources/golden");
  private static final Path DEMO = CommandRun.REPOSITORY.resolve("checkpoints/demo");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--help",
        "pipeline --help",
        "infer --help",
        "infer ranker --help",
        "infer retrieval --help",
        "corpus encode --help",
        "demo --help",
        "parity --help",
        "help pipeline"
      })
  void everyCommandTeaches(String arguments) {
    CommandRun run = CommandRun.of(arguments.isEmpty() ? new String[0] : arguments.split(" "));
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("Usage: phoenix"), run.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"float32", "bfloat16"})
  void everyGoldenCaseIsWithinItsBounds(String precision) {
    CommandRun run = CommandRun.of("parity", "--backend=cpu", "--precision", precision);
    assertEquals(0, run.exitCode(), run.out() + run.err());
    assertFalse(run.out().contains("FAIL"), run.out());
    for (String name :
        List.of(
            "components",
            "pipeline",
            "ranker_gqa",
            "ranker_mini",
            "retrieval_meanpool",
            "retrieval_mlp")) {
      assertTrue(run.out().contains("\n" + name + "\n"), name + " is missing:\n" + run.out());
    }
  }

  @Test
  void parityNamesTheFirstTensorThatDeparts() throws IOException {
    Path golden = folder.resolve("golden");
    Path departed = golden.resolve("ranker_departed");
    Files.createDirectories(departed);
    for (String file :
        List.of(
            "config.json",
            "inputs.npz",
            "expected_float32.npz",
            "expected_bfloat16.npz",
            "model_params.npz")) {
      Files.copy(GOLDEN.resolve("ranker_mini").resolve(file), departed.resolve(file));
    }
    String config = Files.readString(departed.resolve("config.json"));
    Files.writeString(
        departed.resolve("config.json"),
        config.replace("\"attn_output_multiplier\": 0.125", "\"attn_output_multiplier\": 0.25"));
    CommandRun run = CommandRun.of("parity", "--backend=cpu", "--golden", golden.toString());
    assertEquals(1, run.exitCode(), run.out());
    assertTrue(run.out().contains("First to depart: ranker_departed/layer_0"), run.out());
    assertTrue(run.out().contains("ok   input_embeddings"), run.out());
  }

  @Test
  void infersARankerAsTheReferenceDoes() {
    Path out = folder.resolve("out.npz");
    Path model = GOLDEN.resolve("ranker_gqa");
    CommandRun run =
        CommandRun.of(
            "infer",
            "ranker",
            "--backend=cpu",
            "--model=" + model,
            "--inputs=" + model.resolve("inputs.npz"),
            "--out=" + out);
    assertEquals(0, run.exitCode(), run.err());
    assertWritten(out, model, List.of("logits", "probabilities", "continuous_preds"));
    assertIndices(out, model, "ranked_indices");
  }

  @Test
  void infersRetrievalAsTheReferenceDoes() {
    Path out = folder.resolve("out.npz");
    Path model = GOLDEN.resolve("retrieval_mlp");
    CommandRun run =
        CommandRun.of(
            "infer",
            "retrieval",
            "--backend=cpu",
            "--model=" + model,
            "--inputs=" + model.resolve("inputs.npz"),
            "--out=" + out);
    assertEquals(0, run.exitCode(), run.err());
    assertWritten(
        out,
        model,
        List.of("user_representation", "user_norm", "candidate_representation", "top_k_scores"));
    assertIndices(out, model, "top_k_indices");
  }

  private static void assertWritten(Path out, Path model, List<String> tensors) {
    try (NpzFile written = NpzFile.open(out);
        NpzFile expected = NpzFile.open(model.resolve("expected_float32.npz"))) {
      for (String tensor : tensors) {
        assertArrayEquals(expected.get(tensor).shape(), written.get(tensor).shape(), tensor);
        assertArrayEquals(
            expected.get(tensor).toFloats(), written.get(tensor).toFloats(), 2e-5f, tensor);
      }
    }
  }

  private static void assertIndices(Path out, Path model, String tensor) {
    try (NpzFile written = NpzFile.open(out);
        NpzFile expected = NpzFile.open(model.resolve("expected_float32.npz"))) {
      assertArrayEquals(expected.get(tensor).toInts(), written.get(tensor).toInts());
    }
  }

  @Test
  void leavesNoOutputBehindWhenTheInputsAreWrong() {
    Path out = folder.resolve("out.npz");
    CommandRun run =
        CommandRun.of(
            "infer",
            "ranker",
            "--backend=cpu",
            "--model=" + GOLDEN.resolve("ranker_mini"),
            "--inputs=" + GOLDEN.resolve("ranker_gqa/inputs.npz"),
            "--out=" + out);
    assertEquals(0, run.exitCode(), "a shorter history is no error: " + run.err());
    CommandRun wrong =
        CommandRun.of(
            "infer",
            "ranker",
            "--backend=cpu",
            "--model=" + GOLDEN.resolve("ranker_gqa"),
            "--inputs=" + GOLDEN.resolve("ranker_mini/inputs.npz"),
            "--out=" + folder.resolve("wrong.npz"));
    assertEquals(1, wrong.exitCode());
    assertTrue(wrong.err().contains("at most S = 48, found 127"), wrong.err());
    assertFalse(Files.exists(folder.resolve("wrong.npz")));
  }

  @Test
  void encodesTheDemosCorpusAgain() throws IOException {
    Path posts = folder.resolve("posts.tsv");
    Path out = folder.resolve("corpus.npz");
    try (Corpus demo = Corpus.open(DEMO.resolve("corpus.npz"))) {
      List<String> lines = new ArrayList<>(List.of("# post, author, topic", ""));
      for (long i = 0; i < demo.size(); i++) {
        lines.add(
            "%s\t%s\t%s"
                .formatted(
                    Long.toUnsignedString(demo.postId(i)),
                    Long.toUnsignedString(demo.authorId(i)),
                    demo.topic(i)));
      }
      Files.write(posts, lines);
      CommandRun run =
          CommandRun.of(
              "corpus",
              "encode",
              "--backend=cpu",
              "--model=" + DEMO.resolve("retrieval"),
              "--posts=" + posts,
              "--out=" + out);
      assertEquals(0, run.exitCode(), run.err());
      assertEquals("4,000 posts encoded: " + out, run.out().strip());
      try (Corpus encoded = Corpus.open(out)) {
        assertSameCorpus(demo, encoded);
      }
    }
  }

  private static void assertSameCorpus(Corpus expected, Corpus found) {
    assertEquals(expected.size(), found.size());
    MemorySegment before = expected.representations();
    MemorySegment after = found.representations();
    assertEquals(before.byteSize(), after.byteSize());
    for (long at = 0; at < before.byteSize(); at += Float.BYTES) {
      assertEquals(
          before.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at),
          after.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at),
          2e-5f);
    }
    for (long i = 0; i < expected.size(); i++) {
      assertEquals(expected.postId(i), found.postId(i));
      assertEquals(expected.authorId(i), found.authorId(i));
      assertEquals(expected.topic(i), found.topic(i));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1,x", "1,2,sports\n3,4", "1,2\n3,4,sports"})
  void namesTheLineOfAPostListThatIsWrong(String text) throws IOException {
    Path posts = folder.resolve("posts.csv");
    Files.writeString(posts, text);
    CommandRun run =
        CommandRun.of(
            "corpus",
            "encode",
            "--backend=cpu",
            "--model=" + DEMO.resolve("retrieval"),
            "--posts=" + posts,
            "--out=" + folder.resolve("out.npz"));
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("line " + text.lines().count()), run.err());
    assertFalse(Files.exists(folder.resolve("out.npz")));
  }

  @Test
  void demonstratesBothModels() {
    CommandRun ranker = CommandRun.of("demo", "ranker", "--backend=cpu");
    assertEquals(0, ranker.exitCode(), ranker.err());
    assertEquals(8, ranker.out().lines().filter(line -> line.startsWith("Rank ")).count());
    assertEquals(8 * 19, ranker.out().lines().filter(line -> line.contains("░")).count());
    CommandRun again = CommandRun.of("demo", "ranker", "--backend=cpu");
    assertEquals(ranker.out(), again.out(), "the same seed, the same model");
    CommandRun retrieval = CommandRun.of("demo", "retrieval", "--backend=cpu");
    assertEquals(0, retrieval.exitCode(), retrieval.err());
    assertEquals(20, retrieval.out().lines().filter(line -> line.contains("░")).count());
  }
}
