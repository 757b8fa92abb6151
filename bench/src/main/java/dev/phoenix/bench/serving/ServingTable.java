package dev.phoenix.bench.serving;

import dev.phoenix.bench.MarkdownTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Formats reports as tables: a full one for a run, and the short one of docs/benchmarks.md. */
public final class ServingTable {
  private ServingTable() {}

  /** The table of a run. */
  static String of(ServingReport report) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("Figure", "Found", "Goal", ""));
    for (Figure figure : report.figures()) {
      lines.add(List.of(figure.name(), figure.valueText(), figure.goalText(), figure.verdict()));
    }
    return heading(report) + "\n\n" + MarkdownTable.of(lines);
  }

  private static String heading(ServingReport report) {
    return "%s%s: %s. %s, %d cores, load before the run %.1f. Commit %s, %s."
        .formatted(
            report.part(),
            report.quick() ? " (a rehearsal)" : "",
            report.setting(),
            report.machine().cpu(),
            report.machine().cores(),
            report.machine().load(),
            report.commit(),
            report.date());
  }

  /** The newest published figures that have goals, with their source files. */
  public static String newest(Path results) throws IOException {
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("Part", "Figure", "Found", "Goal", ""));
    List<String> sources = new ArrayList<>();
    for (Part part : Part.values()) {
      Optional<Path> file = ServingReport.newest(results, part.label());
      if (file.isEmpty()) {
        continue;
      }
      ServingReport report = ServingReport.read(file.get());
      String name = String.valueOf(file.get().getFileName());
      sources.add("[%s](../bench/results/%s)".formatted(name, name));
      for (Figure figure : report.figures()) {
        if (figure.goal() != Figure.Goal.NONE) {
          lines.add(
              List.of(
                  part.label(),
                  figure.name(),
                  figure.valueText(),
                  figure.goalText(),
                  figure.verdict()));
        }
      }
    }
    return sources.isEmpty()
        ? "The figures have not been taken yet: `bench/serving/all.sh` takes them.\n"
        : "From %s.%n%n%s".formatted(String.join(", ", sources), MarkdownTable.of(lines));
  }
}
