package dev.phoenix.bench.gpu;

import dev.phoenix.bench.CheckFailedException;
import dev.phoenix.bench.report.Gpu;
import dev.phoenix.bench.report.Machine;
import dev.phoenix.bench.report.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Measures one part in this process; writes the report after every figure. */
final class PartRun {
  /** The file in the cases' folder that has the path of the report. */
  private static final String REPORT = "report.path";

  private final GpuSuite.Settings settings;
  private final Part part;
  private final Path cases;

  PartRun(GpuSuite.Settings settings, Part part, Path cases) {
    this.settings = settings;
    this.part = part;
    this.cases = cases;
  }

  /** The report's path from the cases' folder; empty before the ceilings are measured. */
  static Optional<Path> report(Path cases) throws IOException {
    Path name = cases.resolve(REPORT);
    return Files.isRegularFile(name)
        ? Optional.of(Path.of(Files.readString(name)))
        : Optional.empty();
  }

  /** Measures the part; returns whether all checks passed. */
  boolean run() throws IOException {
    Optional<Path> known = report(cases);
    try (Session session = Session.open(settings.provider(), settings.scale(), cases)) {
      if (known.isEmpty()) {
        ceilings(session);
        return true;
      }
      Path file = known.get();
      Report before = Report.read(file);
      session.setCeilings(gpu(before).ceilings());
      PartFigures[] notes = new PartFigures[1];
      PartFigures own = new PartFigures(part, () -> write(before, notes[0]));
      notes[0] = own;
      return measure(session, own);
    }
  }

  private void ceilings(Session session) throws IOException {
    CeilingsBenchmark.Result ceilings = new CeilingsBenchmark(session).run();
    Gpu gpu = Gpu.of(session.device().inner(), settings.provider(), ceilings.ceilings());
    Report.Run today = Report.Run.today("gpu-" + gpu.slug(), settings.kind(), "");
    Report fresh = new Report(today, Machine.current(), gpu, ceilings.figures(), List.of());
    Report report =
        Report.readIfPresent(settings.folder().resolve(fresh.fileName()))
            .map(earlier -> fresh.beside(earlier, titles(settings.parts()), Part.order()))
            .orElse(fresh);
    Files.writeString(cases.resolve(REPORT), report.write(settings.folder()).toString());
  }

  private static Set<String> titles(Set<Part> parts) {
    return parts.stream().map(Part::title).collect(Collectors.toSet());
  }

  private static Gpu gpu(Report report) {
    return Objects.requireNonNull(report.gpu(), "a report of a GPU names it");
  }

  private void write(Report before, PartFigures notes) {
    Report own =
        new Report(before.run(), before.machine(), before.gpu(), notes.figures(), notes.leftOut());
    try {
      own.beside(before, Set.of(part.title()), Part.order()).write(settings.folder());
    } catch (IOException e) {
      throw new UncheckedIOException("writing the report", e);
    }
  }

  private boolean measure(Session session, PartFigures notes) {
    try {
      benchmark(session, notes, Budget.of(settings.budget()));
      return true;
    } catch (RuntimeException e) {
      // The figures so far are in the report.
      String reason = e instanceof CheckFailedException ? e.getMessage() : e.toString();
      notes.leaveOut("FAILED: " + reason);
      return false;
    }
  }

  private void benchmark(Session session, PartFigures notes, Budget budget) {
    Scale scale = session.scale();
    switch (part) {
      case CEILINGS -> throw new IllegalStateException("the ceilings come first, and once");
      case MINI -> new RankingBenchmark(session, part, scale.mini(), notes).run(budget);
      case PRODUCTION -> new RankingBenchmark(session, part, scale.production(), notes).run(budget);
      case ATTENTION -> new AttentionBenchmark(session, notes).run(budget);
      case TOPK -> new TopKBenchmark(session, notes).run(budget);
      case KERNELS -> new KernelBenchmark(session, notes).run(budget);
      case TRAINING -> new TrainingBenchmark(session, notes).run(budget);
      case TOWER -> new TowerBenchmark(session, notes).run();
      case OVERHEAD -> new OverheadBenchmark(session, notes).run();
    }
  }
}
