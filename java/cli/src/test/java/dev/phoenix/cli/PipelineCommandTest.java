package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class PipelineCommandTest {
  private static final Path GOLDEN =
      CommandRun.REPOSITORY.resolve("checkpoints/src/test/resources/golden/pipeline");

  @Test
  void printsTheDemosFeedWithoutOptions() {
    CommandRun run = CommandRun.of("pipeline", "--backend", "cpu");
    assertEquals(0, run.exitCode(), run.err());
    List<String> lines = run.out().lines().toList();
    assertEquals(
        "Feed of user 2210: 24 engagements, 200 posts retrieved of 4,000, ranked (cpu, float32,"
            + " actions: enum)",
        lines.getFirst());
    assertEquals(
        30, lines.stream().filter(line -> line.contains("https://x.com/a/status/")).count());
    assertTrue(lines.getLast().startsWith("Weighted scores from 0.0151 to 1.6476"), run.out());
  }

  @Test
  void writesJsonOfFullPrecisionThatIsTheReferences() {
    CommandRun run =
        CommandRun.of(
            "pipeline",
            "--backend=cpu",
            "--artifacts=" + GOLDEN,
            "--corpus=" + GOLDEN.resolve("corpus.npz"),
            "--history-end=first",
            "--exclude=none",
            "--impression-time=none",
            "--format=json",
            "--display=200");
    assertEquals(0, run.exitCode(), run.err());
    JsonNode feed = JsonMapper.shared().readTree(run.out());
    assertEquals("44196397", feed.get("user_id").stringValue());
    assertEquals("cpu", feed.get("backend").stringValue());
    assertEquals("float32", feed.get("precision").stringValue());
    assertEquals("enum", feed.get("taxonomy").stringValue());
    JsonNode results = feed.get("results");
    try (NpzFile expected = NpzFile.open(GOLDEN.resolve("expected_float32.npz"))) {
      int[] ranked = expected.get("ranked").toInts();
      float[] weighted = expected.get("weighted_scores").toFloats();
      float[] retrieved = expected.get("retrieved_scores").toFloats();
      assertEquals(ranked.length, results.size());
      for (int rank = 0; rank < ranked.length; rank++) {
        JsonNode entry = results.get(rank);
        assertEquals(rank + 1, entry.get("rank").intValue());
        assertTrue(entry.get("post_id").isString(), "64-bit ids are strings");
        assertEquals(weighted[ranked[rank]], entry.get("weighted_score").floatValue(), 2e-5);
        assertEquals(retrieved[ranked[rank]], entry.get("retrieval_score").floatValue(), 2e-5);
        assertEquals(19, entry.get("probabilities").size());
      }
    }
  }

  @Test
  void ordersByRetrievalWithoutARanker() {
    CommandRun run =
        CommandRun.of("pipeline", "--backend=cpu", "--no-ranker", "--format", "json", "--top-k=50");
    assertEquals(0, run.exitCode(), run.err());
    JsonNode results = JsonMapper.shared().readTree(run.out()).get("results");
    assertEquals(30, results.size());
    float before = Float.POSITIVE_INFINITY;
    for (JsonNode entry : results) {
      float score = entry.get("retrieval_score").floatValue();
      assertEquals(score, entry.get("weighted_score").floatValue());
      assertTrue(score <= before);
      assertTrue(entry.get("probabilities").isEmpty(), "nothing predicted");
      before = score;
    }
    CommandRun table = CommandRun.of("pipeline", "--backend=cpu", "--no-ranker");
    assertEquals(0, table.exitCode(), table.err());
  }

  @Test
  void ranksByTheWeightsGiven() {
    CommandRun run =
        CommandRun.of(
            "pipeline", "--backend=cpu", "--weights", "reply=1", "--format", "json", "--top-k=50");
    JsonNode results = JsonMapper.shared().readTree(run.out()).get("results");
    for (JsonNode entry : results) {
      assertEquals(
          entry.get("probabilities").get("reply").floatValue(),
          entry.get("weighted_score").floatValue());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --no-ranker --weights reply=1 | 1 | has no action 'reply' among the model's 0
          --weights foo=1          | 1 | taxonomy enum has no action 'foo' among the model's 19
          --weights favorite       | 1 | expected weights such as favorite=1,reply=0.5, a preset (model, published, production, retrieval) or a JSON file, found 'favorite'
          --weights favorite=x     | 1 | expected a number as weight, found 'favorite=x'
          --top-k 0                | 1 | --top-k and --display must be at least 1
          --artifacts nowhere      | 1 | nowhere
          --sequence nowhere.json  | 1 | nowhere.json
          --corpus nowhere.npz     | 1 | nowhere.npz
          --threads 0              | 1 | --threads must be at least 1, found 0
          --precision float16      | 2 | expected one of [float32, bfloat16], found 'float16'
          --history-end middle     | 2 | expected one of [last, first], found 'middle'
          --exclude some           | 2 | expected one of [seen, none], found 'some'
          --impression-time noon   | 2 | expected now, none or seconds since the epoch, found 'noon'
          --backend tpu            | 2 | expected one of [auto, cpu, cuda, emulated], found 'tpu'
          --tables bus             | 2 | expected one of [auto, device, host], found 'bus'
          --colour                 | 2 | Unknown option: '--colour'
          """)
  void saysInOneLineWhatIsWrong(String arguments, int exitCode, String message) {
    CommandRun run = CommandRun.of(("pipeline " + arguments).split(" "));
    assertEquals(exitCode, run.exitCode(), run.err());
    assertTrue(run.err().contains("phoenix: ") && run.err().contains(message), run.err());
    assertFalse(run.err().contains("\tat "), "no stack trace without --verbose");
    assertEquals("", run.out());
  }

  @Test
  void printsTheStackTraceWhenAskedTo() {
    CommandRun run = CommandRun.of("pipeline", "--verbose", "--top-k", "0");
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("\tat dev.phoenix.cli.PipelineCommand"), run.err());
  }

  @Test
  void recommendsToAUserWithoutHistoryAndWithIdsAboveTwoToThe63(@TempDir Path folder)
      throws IOException {
    Path sequence = folder.resolve("user.json");
    Files.writeString(sequence, "{\"user_id\": 18446744073709551615, \"history\": []}");
    CommandRun run = CommandRun.of("pipeline", "--backend=cpu", "--sequence", sequence.toString());
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().startsWith("Feed of user 18446744073709551615: 0 engagements"));
  }

  @Test
  void recommendsToNobodyInParticular(@TempDir Path folder) throws IOException {
    Path sequence = folder.resolve("nobody.json");
    Files.writeString(sequence, "{\"user_id\": 0, \"history\": []}");
    CommandRun run =
        CommandRun.of(
            "pipeline", "--backend=cpu", "--sequence", sequence.toString(), "--format", "json");
    assertEquals(0, run.exitCode(), run.err());
    for (JsonNode entry : JsonMapper.shared().readTree(run.out()).get("results")) {
      assertEquals(0f, entry.get("retrieval_score").floatValue(), "a zero vector matches nothing");
      assertTrue(Float.isFinite(entry.get("weighted_score").floatValue()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"first", "last"})
  void readsOneEndOfALongHistoryAndIgnoresActionsTheModelLacks(String end, @TempDir Path folder)
      throws IOException {
    List<String> read = new ArrayList<>();
    for (int post = 1; post <= 127; post++) {
      read.add(
          "{\"post_id\": %d, \"author_id\": 7, \"actions\": {\"1\": 1.0, \"63\": 1.0}}"
              .formatted(post));
    }
    List<String> unread =
        Collections.nCopies(
            173, "{\"post_id\": 128, \"author_id\": 7, \"actions\": {\"18\": 1.0}}");
    List<String> all = new ArrayList<>(end.equals("first") ? read : unread);
    all.addAll(end.equals("first") ? unread : read);
    Path longer = folder.resolve("longer.json");
    Files.writeString(longer, "{\"user_id\": 5, \"history\": [" + String.join(",", all) + "]}");
    Path fits = folder.resolve("fits.json");
    String known = String.join(",", read).replace(", \"63\": 1.0", "");
    Files.writeString(fits, "{\"user_id\": 5, \"history\": [" + known + "]}");
    assertEquals(feed(fits), feed(longer, "--history-end=" + end));
    if (end.equals("last")) {
      assertEquals(feed(fits), feed(longer));
    }
  }

  private static JsonNode feed(Path sequence, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "pipeline",
                "--backend=cpu",
                "--artifacts=" + GOLDEN,
                "--corpus=" + GOLDEN.resolve("corpus.npz"),
                "--sequence=" + sequence,
                "--format=json"));
    words.addAll(List.of(more));
    CommandRun run = CommandRun.of(words.toArray(String[]::new));
    assertEquals(0, run.exitCode(), run.err());
    return JsonMapper.shared().readTree(run.out()).get("results");
  }
}
