package dev.phoenix.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole run at small sizes: every comparison is created, checked, timed and reported. */
class SuiteTest {
  private static final Rounds.Plan SHORTEST =
      new Rounds.Plan(2, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  @Test
  void measuresEverythingAndWritesIt(@TempDir Path directory) throws IOException {
    BenchmarkReport report =
        new Suite(2, new Suite.Sizes(2, 5_000, 100))
            .run(EnumSet.allOf(Suite.Part.class), SHORTEST, true);
    assertTrue(report.entries().size() >= 15, "entries: " + report.entries().size());
    for (BenchmarkReport.Entry entry : report.entries()) {
      assertFalse(entry.check().isEmpty(), entry.name());
      assertTrue(entry.phoenix().medianSeconds() > 0, entry.name());
      assertEquals(2, entry.phoenix().rounds().size(), entry.name());
    }
    BenchmarkReport.Entry batch = report.entries().getFirst();
    assertNotNull(batch.peer());
    assertNotNull(batch.ratio());
    Path file = report.write(directory);
    assertTrue(file.getFileName().toString().endsWith("-quick.json"), file.toString());
    assertEquals(report, BenchmarkReport.read(file));
    try (var files = Files.list(directory)) {
      assertEquals(List.of(file), files.toList(), "no temporary file is left");
    }
  }
}
