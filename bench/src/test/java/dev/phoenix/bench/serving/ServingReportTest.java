package dev.phoenix.bench.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.bench.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports, and their table in docs/benchmarks.md. */
class ServingReportTest {
  private static final Machine MACHINE = new Machine("a CPU", 2, 512, 24, "Linux", "a JVM", 0.1);

  @TempDir Path folder = Path.of("");

  private static ServingReport report(String date, boolean quick, Figure... figures) {
    return new ServingReport("overload", date, "abc", quick, MACHINE, "the demo", List.of(figures));
  }

  @Test
  void aReportIsReadAsItWasWritten() throws IOException {
    ServingReport report =
        report("2026-01-02", false, Figure.atMost("p99", 3, "ms", 2), Figure.of("rate", 100, "/s"));
    assertEquals(report, ServingReport.read(report.write(folder)));
    assertFalse(report.allMet());
    assertTrue(report("2026-01-02", false, Figure.of("rate", 100, "/s")).allMet());
  }

  @Test
  void aRehearsalIsNeverPublished() throws IOException {
    report("2026-01-03", true).write(folder);
    assertEquals(Optional.empty(), ServingReport.newest(folder, "overload"));
    assertTrue(ServingTable.newest(folder).contains("have not been taken yet"));
    Path older = report("2026-01-01", false).write(folder);
    assertEquals(Optional.of(older), ServingReport.newest(folder, "overload"));
    Path newer =
        report(
                "2026-01-02",
                false,
                Figure.atLeast("goodput", 93, "%", 90),
                Figure.of("offered", 800, "/s"))
            .write(folder);
    assertEquals(Optional.of(newer), ServingReport.newest(folder, "overload"));
    String table = ServingTable.newest(folder);
    assertTrue(table.contains("[serving-overload-2026-01-02.json]"), table);
    assertTrue(table.contains("goodput") && table.contains("at least 90%"), table);
    assertFalse(table.contains("offered"), "only what has a goal: " + table);
  }

  @Test
  void theTableOfARunNamesEveryFigureAndTheMachine() {
    String table =
        ServingTable.of(
            report(
                "2026-01-02",
                true,
                Figure.atMost("p99", 3, "ms", 2),
                Figure.of("offered", 800, "requests/s")));
    assertTrue(table.contains("overload (a rehearsal): the demo. a CPU, 2 cores"), table);
    assertTrue(table.contains("missed") && table.contains("800 requests/s"), table);
  }
}
