package dev.phoenix.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The sections of docs/benchmarks.md that show the newest published reports. */
public final class ReadmeTable {
  private static final String CPU = "bench:cpu";
  private static final String GPU = "bench:gpu";
  private static final String SERVING = "bench:serving";
  private static final String REAL_DATA = "bench:real-data";

  private ReadmeTable() {}

  /**
   * Rewrites the text between the markers of {@code readme}: the table of the CPU, and the tables
   * of the GPU, the server and real data if the file has markers for them.
   *
   * @param serving the parts of the serving benchmark in the order of the table
   * @throws IllegalStateException if the CPU has no report or no pair of markers
   */
  public static void rewrite(Path readme, Path results, List<String> serving) throws IOException {
    Path newest =
        Report.newest(results, "cpu")
            .orElseThrow(() -> new IllegalStateException("no published report in " + results));
    String text = Files.readString(readme);
    text = replaced(readme, text, CPU, ReportTable.compared(Report.read(newest)));
    if (text.contains(begin(GPU))) {
      text = replaced(readme, text, GPU, gpu(results));
    }
    if (text.contains(begin(SERVING))) {
      text = replaced(readme, text, SERVING, served(results, serving));
    }
    if (text.contains(begin(REAL_DATA))) {
      text = replaced(readme, text, REAL_DATA, RealDataTable.of(results));
    }
    Files.writeString(readme, text);
  }

  private static String gpu(Path results) throws IOException {
    return Report.newest(results, "gpu-.+")
        .map(
            file ->
                "From %s.%n%n%s".formatted(link(file), ReportTable.highlights(Report.read(file))))
        .orElse("There are no figures of a GPU yet: none has been measured.\n");
  }

  /** The newest published figures of servers that have goals, with their source files. */
  static String served(Path results, List<String> parts) throws IOException {
    List<Figure> figures = new ArrayList<>();
    List<String> sources = new ArrayList<>();
    for (String part : parts) {
      Optional<Path> file = Report.newest(results, "serving-" + part);
      if (file.isPresent()) {
        sources.add(link(file.get()));
        Report.read(file.get()).figures().forEach(figure -> figures.add(figure.in(part)));
      }
    }
    return sources.isEmpty()
        ? "The figures have not been taken yet: `bench/serving/all.sh` takes them.\n"
        : "From %s.%n%n%s".formatted(String.join(", ", sources), ReportTable.goalsByPart(figures));
  }

  private static String link(Path file) {
    String name = String.valueOf(file.getFileName());
    return "[%s](../bench/results/%s)".formatted(name, name);
  }

  private static String begin(String section) {
    return "<!-- " + section + " -->";
  }

  private static String replaced(Path readme, String text, String section, String content) {
    String end = "<!-- /" + section + " -->";
    int from = text.indexOf(begin(section));
    int to = text.indexOf(end);
    if (from < 0 || to < from) {
      throw new IllegalStateException(
          "%s has no section between %s and %s".formatted(readme, begin(section), end));
    }
    return text.substring(0, from) + begin(section) + "\n" + content + text.substring(to);
  }
}
