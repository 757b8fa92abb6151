package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The load generator's command line; what it measures is tested beside it. */
class LoadCommandTest {
  @TempDir Path folder;

  @Test
  void aServerThatIsNotThereIsReportedAndFails() throws Exception {
    Path json = folder.resolve("load.json");
    Path plot = folder.resolve("load.svg");
    CommandRun run =
        CommandRun.of(
            "load",
            "--target=127.0.0.1:1",
            "--rate=20..60",
            "--duration=500ms",
            "--warm-up=0ms",
            "--history=0..3",
            "--compression=zstd",
            "--json=" + json,
            "--plot=" + plot);
    assertEquals(1, run.exitCode(), run.err());
    JsonNode report = JsonMapper.shared().readTree(Files.readString(json));
    int requests = report.get("requests").asInt();
    assertTrue(requests > 0, run.out());
    assertEquals(0, report.get("goodput").asDouble());
    assertEquals(60, report.get("lastRate").asDouble());
    assertTrue(run.out().contains("unavailable"), run.out());
    assertTrue(run.out().contains("recommend, 127.0.0.1:1, zstd"), run.out());
    assertTrue(Files.readString(plot).startsWith("<svg"), "a picture");
  }

  @Test
  void whatIsNoRateTimeOrCompressionIsRefused() {
    CommandRun rate = CommandRun.of("load", "--rate=fast");
    assertEquals(2, rate.exitCode());
    assertTrue(rate.err().contains("50..800, found 'fast'"), rate.err());
    CommandRun time = CommandRun.of("load", "--duration=30");
    assertEquals(2, time.exitCode());
    assertTrue(time.err().contains("30s or 5m, found '30'"), time.err());
    CommandRun compression = CommandRun.of("load", "--compression=br");
    assertEquals(2, compression.exitCode());
    assertTrue(
        compression.err().contains("expected one of [none, gzip, zstd], found 'br'"),
        compression.err());
  }
}
