package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.dataset.WorldFile;
import dev.phoenix.ops.gpu.GpuOps;
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
      List.of(
          "--backend=cpu",
          "--dimension=16",
          "--layers=1",
          "--history=8",
          "--batch=16",
          "--epochs=1");

  @TempDir private Path folder;

  private CommandRun train(String model, Path world, Path out, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("train", model, "--data=" + world, "--format=world", "--out=" + out));
    List<String> given = List.of(more);
    for (String option : SMALL) {
      String name = option.substring(0, option.indexOf('=') + 1);
      if (given.stream().noneMatch(one -> one.startsWith(name))) {
        arguments.add(option);
      }
    }
    arguments.addAll(given);
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
    assertEquals(
        List.of("popularity", "item-KNN", "Markov, 3 skips", "two towers", "towers and ranker"),
        List.copyOf(found.get("feed").propertyNames()));
    for (JsonNode method : found.get("feed")) {
      assertTrue(method.get("author_coverage").doubleValue() > 0, method.toString());
      assertTrue(method.get("topic_coverage").doubleValue() > 0, method.toString());
    }
    JsonNode retrieved = found.get("retrieval").get("two towers");
    JsonNode shown = found.get("feed").get("two towers");
    // The feed in retrieval order has the order of the retrieval evaluation, so HR@10 is equal.
    assertEquals(
        retrieved.get("HR@10").doubleValue(), shown.get("HR@10").doubleValue(), 1e-9, "HR@10");
    assertEquals(
        retrieved.get("NDCG@10").doubleValue(), shown.get("NDCG@10").doubleValue(), 1e-9, "NDCG");
    assertEquals(0, found.get("duplicate_rows_dropped").intValue());
    assertTrue(found.get("repeated_targets").isNumber());
    JsonNode favorite = found.get("ranking").get("ranker").get("favorite");
    assertTrue(favorite.get("rce").isNumber() && favorite.get("pr_auc").isNumber());
    CommandRun table =
        CommandRun.of("evaluate", "--backend=cpu", "--data=" + world, "--format=world");
    assertTrue(table.out().contains("item-KNN") && table.out().contains("AUC"), table.out());
  }

  @Test
  void theLastPositionIsTrainedAndServedWhereItIsAskedFor() throws IOException {
    Path world = folder.resolve("world.tsv");
    WorldFile.write(World.generate(new WorldSize(30, 16, 60, 20, 8), 1).dataset(), world);
    Path out = folder.resolve("last");
    CommandRun towers = train("retrieval", world, out, "--pooling=last", "--negatives=all");
    assertEquals(0, towers.exitCode(), towers.err());
    Path config = out.resolve("retrieval/config.json");
    JsonNode written = JsonMapper.shared().readTree(Files.readString(config));
    assertEquals("last", written.get("user_pooling").stringValue());
    CommandRun ranker = train("ranker", world, out, "--candidates=8");
    assertEquals(0, ranker.exitCode(), ranker.err());
    CommandRun feed =
        CommandRun.of("pipeline", "--backend=cpu", "--artifacts=" + out, "--display=5");
    assertEquals(0, feed.exitCode(), feed.err());
  }

  /**
   * Training on the emulated device: its losses match the CPU's within bfloat16's error and fall,
   * and the exported model recommends.
   */
  @Test
  void trainsOnADevice() throws IOException {
    assumeTrue(GpuOps.hasKernels(), "no PTX in this build: it was made without nvcc");
    Path world = folder.resolve("world.tsv");
    WorldFile.write(World.generate(new WorldSize(30, 16, 60, 20, 8), 1).dataset(), world);
    Path out = folder.resolve("emulated");
    for (String model : List.of("retrieval", "ranker")) {
      Path reference = folder.resolve("cpu");
      assertTrained(trainOn("cpu", model, world, reference, "--epochs=10"));
      assertTrained(trainOn("emulated", model, world, out, "--epochs=5"));
      assertTrained(trainOn("emulated", model, world, out, "--epochs=10", "--resume"));
      List<Double> expected = losses(reference, model);
      List<Double> found = losses(out, model);
      assertEquals(expected.size(), found.size());
      // Half of bfloat16's last place, twice: the error of vectors, and of the steps before.
      assertEquals(1, found.getFirst() / expected.getFirst(), 0x1p-8);
      assertTrue(found.getLast() < 0.95 * found.getFirst(), "losses of " + model + ": " + found);
    }
    CommandRun feed =
        CommandRun.of("pipeline", "--backend=cpu", "--artifacts=" + out, "--display=5");
    assertEquals(0, feed.exitCode(), feed.err());
  }

  private CommandRun trainOn(String backend, String model, Path world, Path out, String... more) {
    List<String> options =
        new ArrayList<>(
            List.of("--backend=" + backend, "--dropout=0", "--validate-every=5", "--batch=10"));
    options.add(model.equals("ranker") ? "--candidates=8" : "--negatives=16");
    options.addAll(List.of(more));
    return train(model, world, out, options.toArray(String[]::new));
  }

  private static void assertTrained(CommandRun run) {
    assertEquals(0, run.exitCode(), run.err());
  }

  /** The mean losses of ten steps each. */
  private static List<Double> losses(Path out, String model) throws IOException {
    List<Double> losses = new ArrayList<>();
    for (String line : Files.readAllLines(out.resolve("training/" + model + "-metrics.jsonl"))) {
      JsonNode node = JsonMapper.shared().readTree(line);
      if (node.has("loss")) {
        losses.add(node.get("loss").doubleValue());
      }
    }
    return losses;
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
          train retrieval --data WORLD --format world --out OUT --negatives some | 1 | --negatives: expected all or an integer from 0 to 1048576, found some
          train retrieval --data WORLD --format world --out OUT --negatives=-5 | 1 | --negatives: expected all or an integer from 0 to 1048576, found -5
          train retrieval --data WORLD --format world --out OUT --negatives 4294967295 | 1 | found 4294967295
          train retrieval --data WORLD --format world --out OUT --negatives 0 --in-batch-negatives off | 1 | from 1 to 1048576 where in-batch negatives are off, found 0
          train retrieval --data WORLD --format world --out OUT --negatives all --in-batch-negatives on | 1 | --in-batch-negatives: expected with sampled negatives
          train retrieval --data WORLD --format world --out OUT --final-rate 0.1 | 1 | --final-rate: expected with a cosine or linear schedule, found a constant one
          train ranker --data WORLD --format world --out OUT --negatives=-1 | 1 | --negatives: expected an integer from 0 to 1048576, found -1
          train ranker --data WORLD --format world --out OUT --batch 0 | 1 | --batch: expected an integer from 1 to 1048576, found 0
          train ranker --data WORLD --format world --out OUT --epochs 0 | 1 | --epochs: expected an integer from 1 to 1048576, found 0
          train ranker --data WORLD --format world --out OUT --threads 0 | 1 | --threads must be at least 1, found 0
          train ranker --data WORLD --format world --out OUT --backend tpu | 2 | expected one of [auto, cpu, cuda, emulated]
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
