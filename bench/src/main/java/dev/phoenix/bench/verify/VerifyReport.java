package dev.phoenix.bench.verify;

import dev.phoenix.bench.MarkdownTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/**
 * The report of a verification.
 *
 * @param date the date of the run, YYYY-MM-DD
 * @param commit the commit of the sources
 * @param device {@code cuda} or {@code emulated}
 * @param outcomes the outcomes of the steps, in order
 */
public record VerifyReport(String date, String commit, String device, List<Outcome> outcomes) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

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
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("Step", "Outcome", "Time", "Found", "What it proves"));
    for (Outcome outcome : outcomes) {
      lines.add(
          List.of(
              outcome.name(),
              outcome.state().text(),
              outcome.log().isEmpty()
                  ? ""
                  : String.format(Locale.ROOT, "%.1f s", outcome.seconds()),
              outcome.detail().replace("|", "\\|"),
              outcome.proves()));
    }
    String rehearsal =
        device.equals("emulated") ? " A rehearsal on the emulated device, not a GPU." : "";
    return "Commit %s, %s.%s%n%n%s".formatted(commit, date, rehearsal, MarkdownTable.of(lines));
  }

  /** Writes {@code verify-DEVICE.json} into a folder and returns its path. */
  Path write(Path folder) throws IOException {
    Path file = folder.resolve("verify-" + device + ".json");
    Path temporary = folder.resolve(".verify.tmp");
    Files.writeString(
        temporary, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    Files.move(
        temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    return file;
  }
}
