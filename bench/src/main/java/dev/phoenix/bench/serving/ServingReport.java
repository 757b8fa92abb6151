package dev.phoenix.bench.serving;

import dev.phoenix.bench.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * The figures of one run of one part: the content of {@code bench/results/serving-*.json}.
 *
 * @param part the name of the part
 * @param date the date of the run, YYYY-MM-DD
 * @param commit the commit of the sources, with "-dirty" if they were changed
 * @param quick whether it was too short to publish
 * @param machine the machine it ran on
 * @param setting model, requests and load, in a sentence
 * @param figures the figures
 */
record ServingReport(
    String part,
    String date,
    String commit,
    boolean quick,
    Machine machine,
    String setting,
    List<Figure> figures) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Whether every goal was met. */
  boolean allMet() {
    return figures.stream().allMatch(Figure::met);
  }

  /** The file name of this report; names of quick runs differ from published ones. */
  String fileName() {
    return "serving-" + part + "-" + date + (quick ? "-quick" : "") + ".json";
  }

  /** Writes the report atomically into {@code directory} and returns its path. */
  Path write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path temporary = Files.createTempFile(directory, "serving-", ".tmp");
    try {
      Files.writeString(
          temporary, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
      Path file = directory.resolve(fileName());
      Files.move(
          temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      return file;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Reads a report. */
  static ServingReport read(Path file) {
    return JSON.readValue(file, ServingReport.class);
  }

  /** The newest published report of {@code part} in {@code directory}. */
  static Optional<Path> newest(Path directory, String part) throws IOException {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    String published = "serving-" + part + "-\\d{4}-\\d{2}-\\d{2}\\.json";
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches(published))
          .max(Comparator.comparing(file -> file.getFileName().toString()));
    }
  }
}
