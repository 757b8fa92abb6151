package dev.phoenix.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The section of the README that shows the newest published report. */
final class ReadmeTable {
  /** Where the section begins. */
  static final String BEGIN = "<!-- bench:cpu -->";

  /** Where it ends. */
  static final String END = "<!-- /bench:cpu -->";

  private static final String PUBLISHED = "cpu-\\d{4}-\\d{2}-\\d{2}\\.json";

  private ReadmeTable() {}

  /** The newest report in {@code results} that is no quick look. */
  static Optional<Path> newest(Path results) throws IOException {
    if (!Files.isDirectory(results)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(results)) {
      return files
          .filter(file -> file.getFileName().toString().matches(PUBLISHED))
          .max(Comparator.comparing(file -> file.getFileName().toString()));
    }
  }

  /**
   * Rewrites what stands between the markers of {@code readme}.
   *
   * @throws IllegalStateException if there is no report or no pair of markers
   */
  static void rewrite(Path readme, Path results) throws IOException {
    Path newest =
        newest(results)
            .orElseThrow(() -> new IllegalStateException("no published report in " + results));
    String text = Files.readString(readme);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalStateException(
          "%s has no section between %s and %s".formatted(readme, BEGIN, END));
    }
    String section = BEGIN + "\n" + ReportTable.of(BenchmarkReport.read(newest));
    Files.writeString(readme, text.substring(0, begin) + section + text.substring(end));
  }
}
