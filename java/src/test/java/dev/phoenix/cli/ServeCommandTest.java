package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What {@code phoenix serve} says of itself; how it serves is tested as a process. */
class ServeCommandTest {
  @Test
  void theSettingsInForceArePrinted() {
    CommandRun run = CommandRun.of("serve", "--batch-size=8", "--print-config");
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
}
