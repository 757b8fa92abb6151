package dev.phoenix.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

  private static Report report(String date, Report.Kind kind, Figure... figures) {
    Report.Run run = new Report.Run("serving-overload", date, "abc", kind, "the demo");
    return Report.of(run, MACHINE, List.of(figures));
  }

  @Test
  void aReportIsReadAsItWasWritten() throws IOException {
    Report report =
        report(
            "2026-01-02",
            Report.Kind.FULL,
            Figure.atMost("p99", 3, "ms", 2),
            Figure.of("rate", 100, "/s"));
    assertEquals(report, Report.read(report.write(folder)));
    assertFalse(report.allMet());
    assertTrue(report("2026-01-02", Report.Kind.FULL, Figure.of("rate", 100, "/s")).allMet());
  }

  @Test
  void aRehearsalIsNeverPublished() throws IOException {
    report("2026-01-03", Report.Kind.QUICK).write(folder);
    assertEquals(Optional.empty(), Report.newest(folder, "serving-overload"));
    assertTrue(
        ReadmeTable.served(folder, List.of("latency", "overload"))
            .contains("have not been taken yet"));
    Path older = report("2026-01-01", Report.Kind.FULL).write(folder);
    assertEquals(Optional.of(older), Report.newest(folder, "serving-overload"));
    Path newer =
        report(
                "2026-01-02",
                Report.Kind.FULL,
                Figure.atLeast("goodput", 93, "%", 90),
                Figure.of("offered", 800, "/s"))
            .write(folder);
    assertEquals(Optional.of(newer), Report.newest(folder, "serving-overload"));
    String table = ReadmeTable.served(folder, List.of("latency", "overload"));
    assertTrue(table.contains("[serving-overload-2026-01-02.json]"), table);
    assertTrue(table.contains("goodput") && table.contains("at least 90%"), table);
    assertFalse(table.contains("offered"), "only what has a goal: " + table);
  }

  @Test
  void theTableOfARunNamesEveryFigureAndTheMachine() {
    String table =
        ReportTable.served(
            report(
                "2026-01-02",
                Report.Kind.QUICK,
                Figure.atMost("p99", 3, "ms", 2),
                Figure.of("offered", 800, "requests/s")));
    assertTrue(
        table.contains("not to be published. serving-overload: the demo. a CPU, 2 cores"), table);
    assertTrue(table.contains("missed") && table.contains("800 requests/s"), table);
  }
}
