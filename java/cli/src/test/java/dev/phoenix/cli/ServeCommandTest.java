package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options and messages of {@code phoenix serve}; ServerProcessTest runs the process. */
class ServeCommandTest {
  @Test
  void theSettingsInForceArePrinted() {
    CommandRun run = CommandRun.of("serve", "--batch-size=8", "--no-ranker", "--print-config");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains("[--batch-size]\nbatch-size = 8"), run.out());
    assertTrue(run.out().contains("[default]\nhost = 127.0.0.1"), run.out());
  }

  @Test
  void everySettingIsAnOptionWithHelp() {
    String help = CommandRun.of("serve", "--help").out();
    assertTrue(help.contains("--kept-history-mib"), help);
    assertTrue(help.contains("--print-config"), help);
  }

  @Test
  void aBadSettingIsOneLine() {
    CommandRun run = CommandRun.of("serve", "--batch-size=0", "--print-config");
    assertEquals(1, run.exitCode());
    assertEquals(
        "phoenix: batch-size: expected a whole number from 1 to 4096, found '0'\n", run.err());
  }

  @Test
  void aLiveFolderThatCannotBeUsedIsOneLine(@TempDir Path folder) throws IOException {
    Path live = Files.createFile(folder.resolve("live"));
    CommandRun run =
        CommandRun.of("serve", "--live-folder=" + live, "--grpc-port=0", "--http-port=0");
    assertEquals(1, run.exitCode());
    assertTrue(run.err().startsWith("phoenix: the corpus folder " + live), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
  }
}
