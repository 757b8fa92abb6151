package dev.phoenix.bench;

import dev.phoenix.bench.gpu.GpuReport;
import dev.phoenix.bench.gpu.GpuTable;
import dev.phoenix.bench.serving.ServingTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The sections of docs/benchmarks.md that show the newest published reports. */
final class ReadmeTable {
  private static final String CPU = "bench:cpu";
  private static final String GPU = "bench:gpu";
  private static final String SERVING = "bench:serving";
  private static final String REAL_DATA = "bench:real-data";
  private static final String PUBLISHED = "cpu-\\d{4}-\\d{2}-\\d{2}\\.json";

  private ReadmeTable() {}

  /** The newest published report in {@code results}. */
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
   * Rewrites the text between the markers of {@code readme}: the table of the CPU, and the tables
   * of the GPU, the server and real data if the file has markers for them.
   *
   * @throws IllegalStateException if the CPU has no report or no pair of markers
   */
  static void rewrite(Path readme, Path results) throws IOException {
    Path newest =
        newest(results)
            .orElseThrow(() -> new IllegalStateException("no published report in " + results));
    String text = Files.readString(readme);
    text = replaced(readme, text, CPU, ReportTable.of(BenchmarkReport.read(newest)));
    if (text.contains(begin(GPU))) {
      text = replaced(readme, text, GPU, gpu(results));
    }
    if (text.contains(begin(SERVING))) {
      text = replaced(readme, text, SERVING, ServingTable.newest(results));
    }
    if (text.contains(begin(REAL_DATA))) {
      text = replaced(readme, text, REAL_DATA, RealDataTable.of(results));
    }
    Files.writeString(readme, text);
  }

  /** The newest figures of a GPU with their source, or a sentence that there are none. */
  static String gpu(Path results) throws IOException {
    return GpuReport.newest(results)
        .map(
            file ->
                "From [%s](../bench/results/%s).%n%n%s"
                    .formatted(
                        file.getFileName(),
                        file.getFileName(),
                        GpuTable.highlights(GpuReport.read(file))))
        .orElse("There are no figures of a GPU yet: none has been measured.\n");
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
