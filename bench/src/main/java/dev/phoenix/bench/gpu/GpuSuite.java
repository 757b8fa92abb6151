package dev.phoenix.bench.gpu;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Runs the parts, each in a process with a time of its own, then the peers. The report is written
 * after every figure, so that whatever hangs, breaks or is cut off leaves what it had.
 */
final class GpuSuite {
  /** What our own parts may take of the budget while peers still wait. */
  private static final double SHARE_OF_PARTS = 0.55;

  /** Beyond its budget, for opening the device and ending. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** A CPU that executes a GPU's code is this much slower, and so is a machine without one. */
  private static final int EMULATED = 5;

  private static final int SHOWN = 300;

  /** What a line of failure begins with. */
  private static final String OWN_WORDS = "phoenix bench: ";

  private final Settings settings;
  private final Budget budget;
  private final PrintWriter out;
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

  /** The command of a process that measures a part in so much time. */
  @FunctionalInterface
  interface PartCommand {
    /** Program and arguments. */
    List<String> of(Part part, Duration budget);
  }

  /**
   * What was found, and where it was written.
   *
   * @param report with everything
   * @param file of the report
   * @param failed whether a check did not hold or a part broke
   */
  record Outcome(GpuReport report, Path file, boolean failed) {}

  /**
   * A run that takes at most what is left of a budget.
   *
   * @param out is told what runs
   */
  GpuSuite(Settings settings, Budget budget, PrintWriter out) {
    this.settings = settings;
    this.budget = budget;
    this.out = out;
  }

  /**
   * Runs it all.
   *
   * @param cases a folder for what the parts give the peers
   * @throws IllegalStateException where the ceilings cannot be measured, with the reason
   */
  Outcome run(Path cases, PartCommand command, PeerRunner peers) throws IOException {
    double share = peers.isPresent() ? SHARE_OF_PARTS : 1;
    Budget own = Budget.of(Duration.ofMillis((long) (share * budget.left().toMillis())));
    Step first = new Step(Part.CEILINGS, cases, command);
    String broken = first.run(own);
    Path file =
        PartRun.report(cases)
            .orElseThrow(() -> new IllegalStateException(broken == null ? "no report" : broken));
    for (Part part : Part.values()) {
      if (part != Part.CEILINGS && settings.parts().contains(part)) {
        measure(new Step(part, cases, command), own, file);
      }
    }
    // The device's memory is the peers' now.
    peers.run(
        budget,
        found -> GpuReport.read(file).withPeers(found).write(settings.folder()),
        settings.parts());
    GpuReport report = GpuReport.read(file).leavingOut(peers.leftOut());
    return new Outcome(report, report.write(settings.folder()), failed);
  }

  private void measure(Step process, Budget own, Path file) throws IOException {
    out.printf("%s ...%n", process.part.title());
    out.flush();
    String reason = own.left().isZero() ? "no time left" : process.run(own);
    if (reason == null) {
      return;
    }
    failed |= !own.left().isZero() || process.began;
    out.printf("%s: %s%n", process.part.title(), reason);
    GpuReport report = GpuReport.read(file);
    // A part that could say why has said so itself.
    boolean said =
        report.leftOut().stream()
            .anyMatch(line -> line.part() == process.part && line.what().startsWith("FAILED"));
    if (!said) {
      report
          .leavingOut(List.of(new GpuReport.LeftOut(process.part, reason)))
          .write(settings.folder());
    }
  }

  /** A part's process. */
  private final class Step {
    private final Part part;
    private final Path log;
    private final PartCommand command;
    private boolean began;

    Step(Part part, Path cases, PartCommand command) {
      this.part = part;
      this.log = cases.resolve(part.name() + ".log");
      this.command = command;
    }

    /** Runs it; null where it ended well, else what became of it. */
    @org.jspecify.annotations.Nullable
    String run(Budget own) throws IOException {
      began = true;
      boolean emulated = settings.kind() == GpuReport.Kind.EMULATED;
      Duration longest = emulated ? part.longest().multipliedBy(EMULATED) : part.longest();
      Duration time = longest.compareTo(own.left()) < 0 ? longest : own.left();
      Process process =
          new ProcessBuilder(command.of(part, time))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        if (!process.waitFor(time.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly().waitFor();
          return "FAILED: hangs: stopped after %d s; what it had is kept"
              .formatted(time.plus(GRACE).toSeconds());
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
        return "interrupted";
      }
      return process.exitValue() == 0
          ? null
          : "FAILED: exit code %d: %s".formatted(process.exitValue(), tail());
    }

    /** The program's own last word if it had one, else the end of what was printed. */
    private String tail() throws IOException {
      String text = Files.readString(log).strip();
      int own = text.lastIndexOf(OWN_WORDS);
      String shown =
          own < 0 ? text.substring(Math.max(0, text.length() - SHOWN)) : text.substring(own);
      return shown.substring(0, Math.min(SHOWN, shown.length())).replace('\n', ' ');
    }
  }
}
