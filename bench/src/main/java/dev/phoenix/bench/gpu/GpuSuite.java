package dev.phoenix.bench.gpu;

import dev.phoenix.bench.BoundedProcess;
import dev.phoenix.bench.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Runs the parts, each in a process with a time limit, then the peers. The report is written after
 * every figure, so that a part that hangs or fails keeps the figures that it has.
 */
final class GpuSuite {
  /** The share of the budget for this product's parts if peers run after them. */
  private static final double SHARE_OF_PARTS = 0.55;

  /** Extra time beyond a part's budget, for opening the device and ending. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** The factor of time limits on the emulated device. */
  private static final int EMULATED = 5;

  private static final int SHOWN = 300;

  /** The prefix of the program's error messages. */
  private static final String OWN_WORDS = "phoenix bench: ";

  private final Settings settings;
  private final Budget budget;
  private final PrintWriter out;
  private boolean failed;

  /**
   * The settings of a run.
   *
   * @param provider {@code cuda} or {@code emulated}
   * @param kind the kind of the report
   * @param parts the parts to measure, besides the ceilings
   * @param budget the time for the whole run
   * @param folder the folder of the results
   */
  record Settings(
      String provider, Report.Kind kind, Set<Part> parts, Duration budget, Path folder) {
    Scale scale() {
      return switch (kind) {
        case FULL -> Scale.full();
        case QUICK -> Scale.quick();
        case EMULATED -> Scale.rehearsal();
      };
    }
  }

  /** Makes the command of a process that measures a part within a time limit. */
  @FunctionalInterface
  interface PartCommand {
    /** Program and arguments. */
    List<String> of(Part part, Duration budget);
  }

  /**
   * The result of a run.
   *
   * @param report the report
   * @param file the file of the report
   * @param failed whether a check or a part failed
   */
  record Outcome(Report report, Path file, boolean failed) {}

  /**
   * Creates a run within a budget.
   *
   * @param out receives the progress
   */
  GpuSuite(Settings settings, Budget budget, PrintWriter out) {
    this.settings = settings;
    this.budget = budget;
    this.out = out;
  }

  /**
   * Runs all parts and the peers.
   *
   * @param cases a folder for the inputs that parts write for the peers
   * @throws IllegalStateException if the ceilings cannot be measured, with the reason
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
    // All parts have ended, so the peers can use the device's memory.
    peers.run(
        budget,
        found -> Report.read(file).withPeers(found).write(settings.folder()),
        settings.parts());
    Report report = Report.read(file).leavingOut(peers.leftOut());
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
    Report report = Report.read(file);
    // A part that failed on its own has already recorded the reason.
    boolean said =
        report.leftOut().stream()
            .anyMatch(
                line ->
                    line.part().equals(process.part.title()) && line.what().startsWith("FAILED"));
    if (!said) {
      report
          .leavingOut(List.of(new Report.LeftOut(process.part.title(), reason)))
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

    /** Runs the process; null on success, else the reason of the failure. */
    @org.jspecify.annotations.Nullable
    String run(Budget own) throws IOException {
      began = true;
      boolean emulated = settings.kind() == Report.Kind.EMULATED;
      Duration longest = emulated ? part.longest().multipliedBy(EMULATED) : part.longest();
      Duration time = longest.compareTo(own.left()) < 0 ? longest : own.left();
      Duration limit = time.plus(GRACE);
      OptionalInt exit =
          BoundedProcess.run(
              new ProcessBuilder(command.of(part, time)).redirectOutput(log.toFile()), limit);
      if (exit.isEmpty()) {
        return "FAILED: hangs: stopped after %d s; what it had is kept"
            .formatted(limit.toSeconds());
      }
      return exit.getAsInt() == 0
          ? null
          : "FAILED: exit code %d: %s".formatted(exit.getAsInt(), tail());
    }

    /** The program's last error message if there is one, else the end of the log. */
    private String tail() throws IOException {
      String text = Files.readString(log).strip();
      int own = text.lastIndexOf(OWN_WORDS);
      String shown =
          own < 0 ? text.substring(Math.max(0, text.length() - SHOWN)) : text.substring(own);
      return shown.substring(0, Math.min(SHOWN, shown.length())).replace('\n', ' ');
    }
  }
}
