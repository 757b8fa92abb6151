package dev.phoenix.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.kernels.check.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of a GPU: its files, its table, its plot. */
class GpuReportTest {
  private static final Ceilings CEILINGS = new Ceilings(1e12, 1e14, 1e12, 1e12, 1e13);
  private static final GpuFacts GPU =
      new GpuFacts("NVIDIA T99 8GB", "9.0", 1L << 33, 4, "cuda", "1.2", "100 MHz", "2 cores");

  private static Figure figure(Part part, double seconds) {
    Timing timing = new Timing(seconds, seconds, seconds, 5, Timing.How.DEVICE_COLD);
    return Figure.of(part, "a " + part, timing, "right")
        .withAmount(1, "requests")
        .withWork(Work.moving(1_000_000).withTensorFlops(1_000_000_000), CEILINGS)
        .withGoal(Figure.Goal.besidePeers(5))
        .withGoal(Figure.Goal.atMost(0.3, "ms", 1e3 * seconds))
        .withPeers(List.of(new Figure.PeerFigure("a peer", 3 * seconds, "the same")));
  }

  private static GpuReport report(GpuReport.Kind kind, String date, Part... parts) {
    List<Figure> figures = java.util.Arrays.stream(parts).map(part -> figure(part, 1e-4)).toList();
    return new GpuReport(
        date,
        "abc",
        kind,
        GPU,
        CEILINGS,
        figures,
        java.util.Arrays.stream(parts)
            .map(part -> new GpuReport.LeftOut(part, "no time"))
            .toList());
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
    String table = GpuTable.whole(report(GpuReport.Kind.FULL, "2026-01-02", Part.MINI));
    assertTrue(table.contains("100.0 µs"), table);
    assertTrue(table.contains("10.0 µs tensor | 10%"), table);
    assertTrue(table.contains("300.0 µs: a peer"), table);
    assertTrue(table.contains("3.00x"), table);
    assertTrue(table.contains("- Ranking, mini configuration: no time"), table);
  }

  @Test
  void everyGoalIsJudged() {
    String table = GpuTable.whole(report(GpuReport.Kind.FULL, "2026-01-02", Part.MINI));
    assertTrue(table.contains("| at least 5 x the fastest peer | 3        | missed "), table);
    assertTrue(table.contains("| at most 0.3 ms                | 0.1      | met "), table);
    Figure alone = figure(Part.MINI, 1).withGoal(Figure.Goal.besidePeers(2));
    assertFalse(alone.goals().getLast().met());
    assertEquals(2, alone.goals().size() - 1);
  }

  @Test
  void anEmulatedFigureIsLabelledAndNeverPublished(@TempDir Path folder) throws IOException {
    GpuReport emulated = report(GpuReport.Kind.EMULATED, "2026-01-02", Part.MINI);
    emulated.write(folder);
    report(GpuReport.Kind.QUICK, "2026-01-02", Part.MINI).write(folder);
    assertTrue(GpuReport.newest(folder).isEmpty());
    String table = GpuTable.whole(emulated);
    assertTrue(table.contains("100.0 µs emulated"), table);
    assertFalse(table.contains("3.00x"), table);
  }

  @Test
  void theNewestPublishedReportIsFoundAndReadsBack(@TempDir Path folder) throws IOException {
    report(GpuReport.Kind.FULL, "2026-01-02", Part.MINI).write(folder);
    GpuReport later = report(GpuReport.Kind.FULL, "2026-03-04", Part.MINI, Part.TOPK);
    Path written = later.write(folder);
    assertEquals("gpu-t99-8gb-2026-03-04.json", String.valueOf(written.getFileName()));
    assertEquals(written, GpuReport.newest(folder).orElseThrow());
    assertEquals(later, GpuReport.read(written));
    String picture = Files.readString(folder.resolve("gpu-t99-8gb-2026-03-04.svg"));
    assertTrue(picture.startsWith("<svg "), picture);
    assertTrue(picture.contains("<circle "), picture);
  }

  @Test
  void aLaterRunOfSomePartsKeepsTheOthers() {
    GpuReport first = report(GpuReport.Kind.FULL, "2026-01-02", Part.MINI, Part.TOPK);
    GpuReport second = report(GpuReport.Kind.FULL, "2026-01-02", Part.TOWER);
    GpuReport both = second.beside(first, Set.of(Part.TOWER, Part.TOPK));
    assertEquals(
        List.of(Part.MINI, Part.TOWER), both.figures().stream().map(Figure::part).toList());
    assertEquals(
        List.of(Part.MINI, Part.TOWER),
        both.leftOut().stream().map(GpuReport.LeftOut::part).distinct().toList());
  }
}
