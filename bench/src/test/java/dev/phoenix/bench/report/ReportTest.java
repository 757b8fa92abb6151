package dev.phoenix.bench.report;

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

  private static Report report(String date, Report.Kind kind) {
    Timing ours = rounds(0.002, 0.001, 0.003);
    Figure.Peer peer = new Figure.Peer("a peer", rounds(0.006, 0.004, 0.006), "");
    Figure compared =
        Figure.timed("Rank", ours, "the same")
            .withAmount(1, "requests")
            .withGoal(Goal.besidePeers(2))
            .withPeers(List.of(peer));
    Figure alone = Figure.timed("Encode", ours, "right").withAmount(1, "posts");
    Report.Run run = new Report.Run("cpu", date, "abc", kind, "2 of 2 cores");
    return Report.of(run, MACHINE, List.of(compared, alone));
  }

  private static Report report(String date) {
    return report(date, Report.Kind.FULL);
  }

  private static Timing rounds(Double... seconds) {
    return new Timing(List.of(seconds), Timing.How.HOST_ROUNDS);
  }

  @Test
  void medianRatioIsOfTheRounds() {
    List<Double> ratios = rounds(3.0, 4.0, 4.0).ratios(rounds(1.0, 2.0, 4.0));
    assertEquals(List.of(3.0, 2.0, 1.0), ratios);
    assertEquals(2.0, Timing.quantile(ratios, 0.5));
    assertEquals(1.5, Timing.quantile(ratios, 0.25));
  }

  @Test
  void tableSaysWhichTargetsAreMet() {
    String table = ReportTable.compared(report("2026-01-02"));
    assertTrue(table.contains("2.00 ms, 500 requests/s"), table);
    assertTrue(table.contains("6.00 ms, 167 requests/s: a peer"), table);
    assertTrue(table.contains("3.00x (2.50–3.50)"), table);
    assertTrue(table.contains("2.0x: met"), table);
    assertTrue(table.contains("a processor, 2 of 2 cores"), table);
  }

  @Test
  void timesHaveTheUnitThatSuitsThem() {
    assertEquals("12.3 µs", Quantity.time(12.345e-6));
    assertEquals("1.23 ms", Quantity.time(1.234e-3));
    assertEquals("1.23 s", Quantity.time(1.234));
    assertEquals("1,234 posts/s", new Quantity(1234, "posts/s").rateText());
    assertEquals("1.23 GB/s", new Quantity(1.234, "GB/s").rateText());
  }

  /** The forms of the committed reports. */
  @Test
  void earlierFormsAreRead(@TempDir Path directory) throws IOException {
    String machine =
        """
        {"cpu": "a CPU", "cores": 2, "vectorBits": 512, "memoryGiB": 24, "os": "Linux",
         "jvm": "a JVM", "load": 0.1}\
        """;
    Path cpu = directory.resolve("cpu.json");
    Files.writeString(
        cpu,
        """
        {"date": "2026-01-02", "commit": "abc", "quick": false, "threads": 2, "machine": %s,
         "entries": [{"name": "Rank", "check": "the same", "rateUnit": "requests",
           "phoenix": {"ratePerSecond": 1000, "rounds": [0.002, 0.001, 0.003]},
           "peer": {"name": "a peer", "rounds": [0.006, 0.004, 0.006]}, "target": 2.0},
          {"name": "Encode", "check": "right", "rateUnit": "posts",
           "phoenix": {"ratePerSecond": 500, "rounds": [0.002]}, "peer": null, "target": null}]}
        """
            .formatted(machine));
    Report compared = Report.read(cpu);
    String table = ReportTable.compared(compared);
    assertTrue(table.contains("2.00 ms, 1,000 requests/s"), table);
    assertTrue(table.contains("3.00x (2.50–3.50) | 2.0x: met"), table);
    assertEquals(
        new Report.Run("cpu", "2026-01-02", "abc", Report.Kind.FULL, "2 of 2 cores"),
        compared.run());
    Path served = directory.resolve("serving.json");
    Files.writeString(
        served,
        """
        {"part": "latency", "date": "2026-01-02", "commit": "abc", "quick": true,
         "machine": %s, "setting": "the demo", "figures": [
          {"name": "p50", "value": 2.0, "unit": "ms", "goal": "AT_MOST", "limit": 1.0, "met": false},
          {"name": "rate", "value": "NaN", "unit": "", "goal": "NONE", "limit": 0.0, "met": true}]}
        """
            .formatted(machine));
    assertEquals(
        List.of(Figure.atMost("p50", 2, "ms", 1), Figure.of("rate", Double.NaN, "")),
        Report.read(served).figures());
  }

  @Test
  void readmeShowsTheNewestPublishedReport(@TempDir Path directory) throws IOException {
    report("2026-01-02").write(directory);
    report("2026-03-04").write(directory);
    report("2026-05-06", Report.Kind.QUICK).write(directory);
    Path readme = directory.resolve("README.md");
    Files.writeString(readme, "before\n<!-- bench:cpu -->\nold\n<!-- /bench:cpu -->\nafter\n");
    ReadmeTable.rewrite(readme, directory, List.of());
    String text = Files.readString(readme);
    assertTrue(text.startsWith("before\n<!-- bench:cpu -->\n"), text);
    assertTrue(text.endsWith("|\n<!-- /bench:cpu -->\nafter\n"), text);
    assertTrue(text.contains("2026-03-04"), text);
    ReadmeTable.rewrite(readme, directory, List.of());
    assertEquals(text, Files.readString(readme), "rewriting again changes nothing");
  }

  @Test
  void readmeSaysThatThereAreNoFiguresOfAGpu(@TempDir Path directory) throws IOException {
    report("2026-01-02").write(directory);
    Path readme = directory.resolve("README.md");
    Files.writeString(
        readme,
        """
        <!-- bench:cpu --><!-- /bench:cpu -->
        <!-- bench:gpu -->
        old
        <!-- /bench:gpu -->
        """);
    ReadmeTable.rewrite(readme, directory, List.of());
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
        IllegalStateException.class,
        () -> ReadmeTable.rewrite(readme, directory, List.of()),
        "no report");
    report("2026-01-02").write(directory);
    assertThrows(
        IllegalStateException.class,
        () -> ReadmeTable.rewrite(readme, directory, List.of()),
        "no section");
    assertTrue(Files.readString(readme).contains("the wrong way round"));
  }
}
