package dev.phoenix.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.bench.report.Figure;
import dev.phoenix.bench.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole run at small sizes: every comparison is created, checked, timed and reported. */
class SuiteTest {
  private static final Rounds.Plan SHORTEST =
      new Rounds.Plan(2, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  @Test
  void measuresEverythingAndWritesIt(@TempDir Path directory) throws IOException {
    Report report =
        new Suite(2, new Suite.Sizes(2, 5_000, 100))
            .run(EnumSet.allOf(Suite.Part.class), SHORTEST, Report.Kind.QUICK);
    assertTrue(report.figures().size() >= 15, "figures: " + report.figures().size());
    for (Figure figure : report.figures()) {
      assertFalse(figure.check().isEmpty(), figure.name());
      assertTrue(figure.seconds() > 0, figure.name());
      assertEquals(2, Objects.requireNonNull(figure.time()).seconds().size(), figure.name());
    }
    Figure batch = report.figures().getFirst();
    assertFalse(batch.peers().isEmpty());
    assertEquals(2, batch.ratios().size());
    Path file = report.write(directory);
    assertTrue(file.getFileName().toString().endsWith("-quick.json"), file.toString());
    assertEquals(report, Report.read(file));
    try (var files = Files.list(directory)) {
      assertEquals(List.of(file), files.toList(), "no temporary file is left");
    }
  }
}
