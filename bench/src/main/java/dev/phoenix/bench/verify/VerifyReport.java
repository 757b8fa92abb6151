package dev.phoenix.bench.verify;

import dev.phoenix.bench.report.MarkdownTable;
import dev.phoenix.bench.report.MarkdownTable.Column;
import dev.phoenix.bench.report.Report;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The report of a verification.
 *
 * @param date the date of the run, YYYY-MM-DD
 * @param commit the commit of the sources
 * @param device {@code cuda} or {@code emulated}
 * @param outcomes the outcomes of the steps, in order
 */
public record VerifyReport(String date, String commit, String device, List<Outcome> outcomes) {
  private static final List<Column<Outcome>> COLUMNS =
      List.of(
          new Column<>("Step", Outcome::name),
          new Column<>("Outcome", outcome -> outcome.state().text()),
          new Column<>(
              "Time",
              outcome ->
                  outcome.log().isEmpty()
                      ? ""
                      : String.format(Locale.ROOT, "%.1f s", outcome.seconds())),
          new Column<>("Found", outcome -> outcome.detail().replace("|", "\\|")),
          new Column<>("What it proves", Outcome::proves));

  /** Copies the list. */
  public VerifyReport {
    outcomes = List.copyOf(outcomes);
  }

  private boolean has(Outcome.State state) {
    return outcomes.stream().anyMatch(outcome -> outcome.state() == state);
  }

  /**
   * The exit code: 0 if all steps that can run here passed, 1 if a step failed or was stopped, 3 if
   * nothing failed but steps were skipped for time or, on a GPU machine, for lack of a tool.
   */
  int exitCode() {
    if (has(Outcome.State.FAILED) || has(Outcome.State.TIMED_OUT)) {
      return 1;
    }
    boolean lacking = device.equals("cuda") && has(Outcome.State.UNAVAILABLE);
    return has(Outcome.State.NO_TIME) || lacking ? 3 : 0;
  }

  /** The summary as Markdown. */
  String table() {
    String rehearsal =
        device.equals("emulated") ? " A rehearsal on the emulated device, not a GPU." : "";
    return "Commit %s, %s.%s%n%n%s"
        .formatted(commit, date, rehearsal, MarkdownTable.of(COLUMNS, outcomes));
  }

  /** Writes {@code verify-DEVICE.json} into a folder and returns its path. */
  Path write(Path folder) {
    Path file = folder.resolve("verify-" + device + ".json");
    Report.writeJson(file, this);
    return file;
  }
}
