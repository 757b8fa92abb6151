package dev.phoenix.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report's file, its table and the README's section. */
class ReportTest {
  private static final Machine MACHINE =
      new Machine("a processor", 2, 512, 23.5, "Linux 6", "a JVM 25", 0.1);

  private static BenchmarkReport report(String date, boolean quick) {
    var ours = BenchmarkReport.Side.of("Phoenix", List.of(0.002, 0.001, 0.003), 1);
    var theirs = BenchmarkReport.Side.of("a peer", List.of(0.006, 0.004, 0.006), 1);
    var ratio = BenchmarkReport.Ratio.of(List.of(3.0, 4.0, 2.0));
    var compared =
        new BenchmarkReport.Entry("Rank", "the same", "requests", ours, theirs, ratio, 2.0);
    var alone = new BenchmarkReport.Entry("Encode", "right", "posts", ours, null, null, null);
    return new BenchmarkReport(date, "abc", quick, 2, MACHINE, List.of(compared, alone));
  }

  @Test
  void medianRatioIsOfTheRounds() {
    var measurement = new Measurement(List.of(1.0, 2.0, 4.0), "peer", List.of(3.0, 4.0, 4.0));
    assertEquals(List.of(3.0, 2.0, 1.0), measurement.ratios());
    assertEquals(2.0, BenchmarkReport.Ratio.of(measurement.ratios()).median());
    assertEquals(1.5, BenchmarkReport.Ratio.of(measurement.ratios()).lowerQuartile());
  }

  @Test
  void tableSaysWhichTargetsAreMet() {
    String table = ReportTable.of(report("2026-01-02", false));
    assertTrue(table.contains("2.00 ms, 500 requests/s"), table);
    assertTrue(table.contains("6.00 ms, 167 requests/s: a peer"), table);
    assertTrue(table.contains("3.00x (2.50–3.50)"), table);
    assertTrue(table.contains("2.0x: met"), table);
    assertTrue(table.contains("a processor, 2 of 2 cores"), table);
  }

  @Test
  void timesHaveTheUnitThatSuitsThem() {
    assertEquals("12.3 µs", MarkdownTable.time(12.345e-6));
    assertEquals("1.23 ms", MarkdownTable.time(1.234e-3));
    assertEquals("1.23 s", MarkdownTable.time(1.234));
    assertEquals("1,234 posts/s", MarkdownTable.rate(1234, "posts"));
    assertEquals("1.23 GB/s", MarkdownTable.rate(1.234, "GB"));
  }

  @Test
  void readmeShowsTheNewestPublishedReport(@TempDir Path directory) throws IOException {
    report("2026-01-02", false).write(directory);
    report("2026-03-04", false).write(directory);
    report("2026-05-06", true).write(directory);
    Path readme = directory.resolve("README.md");
    Files.writeString(readme, "before\n<!-- bench:cpu -->\nold\n<!-- /bench:cpu -->\nafter\n");
    ReadmeTable.rewrite(readme, directory);
    String text = Files.readString(readme);
    assertTrue(text.startsWith("before\n<!-- bench:cpu -->\n"), text);
    assertTrue(text.endsWith("|\n<!-- /bench:cpu -->\nafter\n"), text);
    assertTrue(text.contains("2026-03-04"), text);
    ReadmeTable.rewrite(readme, directory);
    assertEquals(text, Files.readString(readme), "rewriting again changes nothing");
  }

  @Test
  void readmeSaysThatThereAreNoFiguresOfAGpu(@TempDir Path directory) throws IOException {
    report("2026-01-02", false).write(directory);
    Path readme = directory.resolve("README.md");
    Files.writeString(
        readme,
        """
        <!-- bench:cpu --><!-- /bench:cpu -->
        <!-- bench:gpu -->
        old
        <!-- /bench:gpu -->
        """);
    ReadmeTable.rewrite(readme, directory);
    String text = Files.readString(readme);
    assertTrue(
        text.endsWith(
            """
            <!-- bench:gpu -->
            There are no figures of a GPU yet: none has been measured.
            <!-- /bench:gpu -->
            """),
        text);
  }

  @Test
  void readmeWithoutMarkersIsLeftAlone(@TempDir Path directory) throws IOException {
    Path readme = directory.resolve("README.md");
    Files.writeString(readme, "<!-- /bench:cpu --> the wrong way round <!-- bench:cpu -->");
    assertThrows(
        IllegalStateException.class, () -> ReadmeTable.rewrite(readme, directory), "no report");
    report("2026-01-02", false).write(directory);
    assertThrows(
        IllegalStateException.class, () -> ReadmeTable.rewrite(readme, directory), "no section");
    assertTrue(Files.readString(readme).contains("the wrong way round"));
  }
}
