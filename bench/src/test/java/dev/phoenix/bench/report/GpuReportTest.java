package dev.phoenix.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.kernels.check.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of a GPU: its files, its table, its plot. */
class GpuReportTest {
  private static final Ceilings CEILINGS = new Ceilings(1e12, 1e14, 1e12, 1e12, 1e13);
  private static final String MINI = "Ranking, mini configuration";
  private static final String TOPK = "Top-K scan";
  private static final String TOWER = "Candidate tower";
  private static final Comparator<String> ORDER =
      Comparator.comparingInt(List.of(MINI, TOPK, TOWER)::indexOf);
  private static final Machine MACHINE = new Machine("a CPU", 2, 512, 24, "Linux", "a JVM", 0.1);
  private static final Gpu GPU =
      new Gpu("NVIDIA T99 8GB", "9.0", 1L << 33, 4, "cuda", "1.2", "100 MHz", CEILINGS);

  private static Figure figure(String part, double seconds) {
    Timing timing = new Timing(List.of(seconds), Timing.How.DEVICE_COLD);
    return Figure.timed("a " + part, timing, "right")
        .withAmount(1, "requests")
        .withWork(Work.moving(1_000_000).withTensorFlops(1_000_000_000), CEILINGS)
        .withGoal(Goal.besidePeers(5))
        .withGoal(Goal.atMost(0.3, "ms", 1e3 * seconds))
        .withPeers(
            List.of(
                new Figure.Peer(
                    "a peer", new Timing(List.of(3 * seconds), Timing.How.PEER), "the same")))
        .in(part);
  }

  private static Report report(Report.Kind kind, String date, String... parts) {
    List<Figure> figures = java.util.Arrays.stream(parts).map(part -> figure(part, 1e-4)).toList();
    Report.Run run = new Report.Run("gpu-" + GPU.slug(), date, "abc", kind, "");
    List<Report.LeftOut> leftOut =
        java.util.Arrays.stream(parts).map(part -> new Report.LeftOut(part, "no time")).toList();
    return new Report(run, MACHINE, GPU, figures, leftOut);
  }

  @Test
  void theFloorIsTheLargestOfWhatWorkTakes() {
    Floor floor = CEILINGS.floor(Work.moving(1_000_000).withTensorFlops(1_000_000_000));
    assertEquals(Floor.Bound.TENSOR, floor.bound());
    assertEquals(1e-5, floor.seconds(), 1e-12);
    assertEquals(Floor.Bound.MEMORY, CEILINGS.floor(Work.moving(1_000_000_000)).bound());
    assertEquals(Floor.Bound.SPECIAL, CEILINGS.floor(new Work(1, 1, 1, 1000)).bound());
  }

  @Test
  void theTableShowsTimesFloorsPeersAndWhatWasLeftOut() {
    String table = ReportTable.gpu(report(Report.Kind.FULL, "2026-01-02", MINI));
    assertTrue(table.contains("100.0 µs"), table);
    assertTrue(table.contains("10.0 µs tensor | 10%"), table);
    assertTrue(table.contains("300.0 µs: a peer"), table);
    assertTrue(table.contains("3.00x"), table);
    assertTrue(table.contains("- Ranking, mini configuration: no time"), table);
  }

  @Test
  void everyGoalIsJudged() {
    String table = ReportTable.gpu(report(Report.Kind.FULL, "2026-01-02", MINI));
    assertTrue(table.contains("| at least 5 x the fastest peer | 3        | missed "), table);
    assertTrue(table.contains("| at most 0.30 ms               | 0.10     | met "), table);
    Figure alone = figure(MINI, 1).withGoal(Goal.besidePeers(2));
    assertFalse(alone.goals().getLast().met());
    assertEquals(2, alone.goals().size() - 1);
  }

  @Test
  void anEmulatedFigureIsLabelledAndNeverPublished(@TempDir Path folder) throws IOException {
    Report emulated = report(Report.Kind.EMULATED, "2026-01-02", MINI);
    emulated.write(folder);
    report(Report.Kind.QUICK, "2026-01-02", MINI).write(folder);
    assertTrue(Report.newest(folder, "gpu-.+").isEmpty());
    String table = ReportTable.gpu(emulated);
    assertTrue(table.contains("a Ranking, mini configuration, emulated | 100.0 µs"), table);
    assertFalse(table.contains("3.00x"), table);
  }

  @Test
  void theNewestPublishedReportIsFoundAndReadsBack(@TempDir Path folder) throws IOException {
    report(Report.Kind.FULL, "2026-01-02", MINI).write(folder);
    Report later = report(Report.Kind.FULL, "2026-03-04", MINI, TOPK);
    Path written = later.write(folder);
    assertEquals("gpu-t99-8gb-2026-03-04.json", String.valueOf(written.getFileName()));
    assertEquals(written, Report.newest(folder, "gpu-.+").orElseThrow());
    assertEquals(later, Report.read(written));
    String picture = Files.readString(folder.resolve("gpu-t99-8gb-2026-03-04.svg"));
    assertTrue(picture.startsWith("<svg "), picture);
    assertTrue(picture.contains("<circle "), picture);
  }

  @Test
  void aLaterRunOfSomePartsKeepsTheOthers() {
    Report first = report(Report.Kind.FULL, "2026-01-02", MINI, TOPK);
    Report second = report(Report.Kind.FULL, "2026-01-02", TOWER);
    Report both = second.beside(first, Set.of(TOWER, TOPK), ORDER);
    assertEquals(List.of(MINI, TOWER), both.figures().stream().map(Figure::part).toList());
    assertEquals(
        List.of(MINI, TOWER),
        both.leftOut().stream().map(Report.LeftOut::part).distinct().toList());
  }
}
