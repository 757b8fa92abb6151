package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.dataset.WorldFile;
import dev.phoenix.world.World;
import dev.phoenix.world.WorldSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class TrainCommandTest {
  private static final List<String> SMALL =
      List.of("--dimension=16", "--layers=1", "--history=8", "--batch=16", "--epochs=1");

  @TempDir private Path folder;

  private CommandRun train(String model, Path world, Path out, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("train", model, "--data=" + world, "--format=world", "--out=" + out));
    arguments.addAll(SMALL);
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void whatIsTrainedIsEvaluatedAndRecommends() throws IOException {
    Path world = folder.resolve("world.tsv");
    CommandRun made =
        CommandRun.of(
            "world",
            "--out=" + world,
            "--users=60",
            "--authors=16",
            "--posts=300",
            "--impressions=30");
    assertEquals(0, made.exitCode(), made.err());
    Path out = folder.resolve("trained");
    CommandRun towers = train("retrieval", world, out);
    assertEquals(0, towers.exitCode(), towers.err());
    assertTrue(towers.out().contains("epoch   1  loss"), towers.out());
    CommandRun ranker = train("ranker", world, out, "--candidates=8");
    assertEquals(0, ranker.exitCode(), ranker.err());
    CommandRun resumed = train("ranker", world, out, "--candidates=8", "--resume");
    assertEquals(0, resumed.exitCode(), resumed.err());
    for (String line : Files.readAllLines(out.resolve("training/retrieval-metrics.jsonl"))) {
      assertTrue(JsonMapper.shared().readTree(line).get("step").intValue() > 0);
    }
    CommandRun feed =
        CommandRun.of("pipeline", "--backend=cpu", "--artifacts=" + out, "--display=5");
    assertEquals(0, feed.exitCode(), feed.err());
    CommandRun evaluated =
        CommandRun.of(
            "evaluate",
            "--backend=cpu",
            "--data=" + world,
            "--format=world",
            "--model=" + out,
            "--json");
    assertEquals(0, evaluated.exitCode(), evaluated.err());
    JsonNode found = JsonMapper.shared().readTree(evaluated.out());
    assertEquals(
        List.of("popularity", "item-KNN", "Markov, 3 skips", "two towers"),
        List.copyOf(found.get("retrieval").propertyNames()));
    assertEquals(
        List.of("rate of the post", "ranker"), List.copyOf(found.get("ranking").propertyNames()));
    CommandRun table =
        CommandRun.of("evaluate", "--backend=cpu", "--data=" + world, "--format=world");
    assertTrue(table.out().contains("item-KNN") && table.out().contains("AUC"), table.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          train                                                        | 2 | which model?
          train retrieval --data nowhere --format world --out OUT      | 1 | cannot read the data file nowhere
          train retrieval --data WORLD --format sequences --out OUT    | 1 | line 1: expected
          train retrieval --data WORLD --format parquet --out OUT      | 2 | expected one of [sequences, movielens, world], found 'parquet'
          train retrieval --data WORLD --format world --out OUT --heads 3 | 1 | heads: expected a number that divides
          train ranker --data WORLD --format world --out OUT --batch 0 | 1 | expected a batch of 1 user or more
          train ranker --data WORLD --format world --out OUT --epochs 0 | 1 | above 0, found 0
          evaluate --data WORLD --format world --model OUT             | 1 | expected retrieval/config.json or ranker/config.json
          world --out OUT --posts 3                                    | 1 | posts: expected 32 to
          """)
  void saysInOneLineWhatIsWrong(String arguments, int exitCode, String message) {
    Path world = folder.resolve("world.tsv");
    WorldFile.write(World.generate(new WorldSize(5, 16, 100, 10, 2), 1).dataset(), world);
    Path out = folder.resolve("out");
    CommandRun run =
        CommandRun.of(
            arguments.replace("WORLD", world.toString()).replace("OUT", out.toString()).split(" "));
    assertEquals(exitCode, run.exitCode(), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(run.err().contains("\tat "), "no stack trace without --verbose");
  }
}
