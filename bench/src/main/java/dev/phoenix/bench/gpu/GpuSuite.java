package dev.phoenix.bench.gpu;

import dev.phoenix.bench.CheckFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs the parts, then the peers. After each the report is written anew, so that a run that is cut
 * off leaves what it had.
 */
final class GpuSuite {
  /** What our own parts may take of the budget while peers still wait. */
  private static final double SHARE_OF_PARTS = 0.55;

  private final Settings settings;
  private final PrintWriter out;
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();
  private boolean failed;

  /**
   * What to run.
   *
   * @param provider {@code cuda} or {@code emulated}
   * @param kind of the report
   * @param parts besides the ceilings
   * @param budget for all of it
   * @param folder of the results
   * @param commit of the sources
   */
  record Settings(
      String provider,
      GpuReport.Kind kind,
      Set<Part> parts,
      Duration budget,
      Path folder,
      String commit) {
    Scale scale() {
      return switch (kind) {
        case FULL -> Scale.full();
        case QUICK -> Scale.quick();
        case EMULATED -> Scale.rehearsal();
      };
    }
  }

  /**
   * What was found, and where it was written.
   *
   * @param report with everything
   * @param file of the report
   * @param failed whether a check did not hold or a part broke
   */
  record Outcome(GpuReport report, Path file, boolean failed) {}

  GpuSuite(Settings settings, PrintWriter out) {
    this.settings = settings;
    this.out = out;
  }

  Outcome run(Path cases, PeerRunner peers) throws IOException {
    Budget budget = Budget.of(settings.budget());
    GpuReport report;
    try (Session session = Session.open(settings.provider(), settings.scale(), cases)) {
      CeilingsBenchmark.Result ceilings = new CeilingsBenchmark(session).run();
      session.setCeilings(ceilings.ceilings());
      figures.addAll(ceilings.figures());
      GpuFacts facts = GpuFacts.of(session.device().inner(), settings.provider());
      report = report(facts, ceilings.ceilings());
      report.write(settings.folder());
      double share = peers.isPresent() ? SHARE_OF_PARTS : 1;
      Budget own = Budget.of(Duration.ofMillis((long) (share * settings.budget().toMillis())));
      for (Part part : Part.values()) {
        if (part != Part.CEILINGS && settings.parts().contains(part)) {
          measure(session, part, own);
          report = report(facts, ceilings.ceilings());
          report.write(settings.folder());
        }
      }
    }
    // The device's memory is the peers' now.
    peers.run(budget, this::withPeers, leftOut::add);
    report = report(report.gpu(), report.ceilings());
    return new Outcome(report, report.write(settings.folder()), failed);
  }

  private void measure(Session session, Part part, Budget budget) {
    out.printf("%s ...%n", part.title());
    out.flush();
    if (budget.left().isZero()) {
      leftOut.add(part.title() + ": no time left");
      return;
    }
    try {
      run(session, part, budget);
    } catch (RuntimeException e) {
      // The other parts may still say something, and what this one had is kept.
      failed = true;
      String reason = e instanceof CheckFailedException ? e.getMessage() : e.toString();
      leftOut.add(part.title() + ": FAILED: " + reason);
      out.printf("%s: FAILED: %s%n", part.title(), reason);
    }
  }

  private void run(Session session, Part part, Budget budget) {
    Scale scale = session.scale();
    switch (part) {
      case CEILINGS -> {}
      case MINI -> new RankingBenchmark(session, part, scale.mini(), figures).run(budget);
      case PRODUCTION ->
          new RankingBenchmark(session, part, scale.production(), figures).run(budget);
      case ATTENTION -> new AttentionBenchmark(session, figures).run(budget);
      case TOPK -> {
        TopKBenchmark scans = new TopKBenchmark(session, figures);
        scans.run(budget);
        leftOut.addAll(scans.leftOut());
      }
      case KERNELS -> {
        KernelBenchmark kernels = new KernelBenchmark(session, figures);
        kernels.run(budget);
        leftOut.addAll(kernels.leftOut());
      }
      case TOWER -> new TowerBenchmark(session, figures).run();
      case OVERHEAD -> new OverheadBenchmark(session, figures).run();
    }
  }

  private void withPeers(Map<String, List<Figure.PeerFigure>> found) {
    figures.replaceAll(
        figure -> {
          List<Figure.PeerFigure> peers = found.getOrDefault(figure.name(), List.of());
          return peers.isEmpty() ? figure : Goals.withRatio(figure.withPeers(peers));
        });
  }

  private GpuReport report(GpuFacts facts, Ceilings ceilings) {
    List<Figure> sorted = new ArrayList<>(figures);
    sorted.sort(Comparator.comparing(Figure::part));
    GpuReport report =
        new GpuReport(
            LocalDate.now(ZoneOffset.UTC).toString(),
            settings.commit(),
            settings.kind(),
            facts,
            ceilings,
            sorted,
            leftOut);
    Set<Part> measured = settings.parts();
    return GpuReport.readIfPresent(settings.folder().resolve(report.fileName()))
        .map(earlier -> report.beside(earlier, measured))
        .orElse(report);
  }
}
