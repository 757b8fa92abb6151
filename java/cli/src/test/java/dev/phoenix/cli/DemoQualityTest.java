package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.dataset.WorldFile;
import dev.phoenix.world.World;
import dev.phoenix.world.WorldSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The quality of the demo checkpoint on held-out events of its world. */
final class DemoQualityTest {
  private static final Path DEMO = CommandRun.REPOSITORY.resolve("checkpoints/demo");
  private static final long LARGEST_FILE = 5L << 20;

  @Test
  void beatsPopularityTenTimesAndTellsActionsApart(@TempDir Path folder) {
    Path world = folder.resolve("world.tsv");
    WorldFile.write(World.generate(WorldSize.DEMO, DemoMakeCommand.WORLD_SEED).dataset(), world);
    CommandRun run =
        CommandRun.of(
            "evaluate",
            "--backend=cpu",
            "--data=" + world,
            "--format=world",
            "--model=" + DEMO,
            "--json");
    assertEquals(0, run.exitCode(), run.err());
    JsonNode found = JsonMapper.shared().readTree(run.out());
    double popularity = found.get("retrieval").get("popularity").get("HR@50").doubleValue();
    double towers = found.get("retrieval").get("two towers").get("HR@50").doubleValue();
    assertTrue(towers >= 10 * popularity, towers + " against " + popularity);
    for (JsonNode action : found.get("ranking").get("ranker")) {
      assertTrue(action.get("auc").doubleValue() > 0.75, run.out());
      assertTrue(action.get("log_loss").doubleValue() < action.get("rate_log_loss").doubleValue());
    }
  }

  @Test
  void showsAFootballFanFootball() {
    CommandRun run = CommandRun.of("pipeline", "--backend=cpu", "--format=json", "--display=10");
    assertEquals(0, run.exitCode(), run.err());
    int football = 0;
    for (JsonNode post : JsonMapper.shared().readTree(run.out()).get("results")) {
      football += post.get("topic").stringValue().equals("football") ? 1 : 0;
    }
    assertTrue(football >= 6, football + " of 10 posts are about football");
  }

  @Test
  void staysSmall() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(DEMO)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      assertTrue(Files.size(file) < LARGEST_FILE, file + " has " + Files.size(file) + " bytes");
    }
  }
}
