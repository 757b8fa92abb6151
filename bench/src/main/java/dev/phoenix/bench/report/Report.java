package dev.phoenix.bench.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.phoenix.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * All figures of one run: the content of {@code bench/results/*.json}.
 *
 * @param run what was run, when and how
 * @param machine the machine it ran on
 * @param gpu the measured GPU; null if none was measured
 * @param figures the figures in the order of their parts
 * @param leftOut measurements that were skipped, with part and reason
 */
public record Report(
    Run run, Machine machine, @Nullable Gpu gpu, List<Figure> figures, List<LeftOut> leftOut) {

  private static final String DATED = "-\\d{4}-\\d{2}-\\d{2}\\.json";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
          .build();

  /**
   * A run.
   *
   * @param suite what was measured: the start of the file's name
   * @param date the date of the run, YYYY-MM-DD
   * @param commit the commit of the sources, with "-dirty" if they were changed; "unknown" outside
   *     a repository
   * @param kind whether the figures may be published
   * @param setting model, requests, threads or load, in a phrase; may be empty
   */
  public record Run(String suite, String date, String commit, Kind kind, String setting) {
    /** A run of today's sources. */
    public static Run today(String suite, Kind kind, String setting) {
      String date = LocalDate.now(ZoneOffset.UTC).toString();
      return new Run(suite, date, Sources.commit(), kind, setting);
    }

    private String stem() {
      return switch (kind) {
        case FULL -> suite + "-" + date;
        case QUICK -> suite + "-" + date + "-quick";
        case EMULATED -> "emulated-" + date;
      };
    }
  }

  /** The kinds of reports. */
  public enum Kind {
    /** Published: all sizes and samples. */
    FULL,
    /** Fewer or shorter samples. */
    QUICK,
    /** Executed on a CPU: shows that everything runs, says nothing about a GPU. */
    EMULATED
  }

  /**
   * A measurement that was requested and skipped.
   *
   * @param part its part
   * @param what the measurement and the reason, in one line
   */
  public record LeftOut(String part, String what) {}

  /** Copies the lists. */
  public Report {
    figures = List.copyOf(figures);
    leftOut = List.copyOf(leftOut);
  }

  /** A report of figures on this machine's processors, with nothing left out. */
  public static Report of(Run run, Machine machine, List<Figure> figures) {
    return new Report(run, machine, null, figures, List.of());
  }

  /** Whether every goal was met. */
  public boolean allMet() {
    return figures.stream().allMatch(Figure::met);
  }

  /** The name of this report's file; unpublished kinds have different names. */
  public String fileName() {
    return run.stem() + ".json";
  }

  /**
   * A copy that takes the other parts from an earlier report of the same device and sources.
   *
   * @param measured the parts of this run
   * @param order the order of parts
   */
  public Report beside(Report earlier, Set<String> measured, Comparator<String> order) {
    if (!earlier.run.commit().equals(run.commit()) || !earlier.run.suite().equals(run.suite())) {
      return this;
    }
    return new Report(
        run,
        machine,
        gpu,
        Stream.concat(
                figures.stream(),
                earlier.figures.stream().filter(figure -> !measured.contains(figure.part())))
            .sorted(Comparator.comparing(Figure::part, order))
            .toList(),
        Stream.concat(
                leftOut.stream(),
                earlier.leftOut.stream().filter(line -> !measured.contains(line.part())))
            .sorted(Comparator.comparing(LeftOut::part, order))
            .toList());
  }

  /** A copy with more skipped measurements. */
  public Report leavingOut(List<LeftOut> more) {
    List<LeftOut> all = Stream.concat(leftOut.stream(), more.stream()).toList();
    return new Report(run, machine, gpu, figures, all);
  }

  /** A copy with peers, given by the names of their figures. */
  public Report withPeers(Map<String, List<Figure.Peer>> found) {
    List<Figure> beside =
        figures.stream()
            .map(
                figure ->
                    found.containsKey(figure.name())
                        ? figure.withPeers(found.getOrDefault(figure.name(), List.of()))
                        : figure)
            .toList();
    return new Report(run, machine, gpu, beside, leftOut);
  }

  /** Reads a report, also in the forms that were written until November 2026. */
  public static Report read(Path file) {
    JsonNode tree = JSON.readTree(file);
    return tree.has("run")
        ? JSON.treeToValue(tree, Report.class)
        : new EarlierReport(tree, JSON).converted();
  }

  /** Reads a report; empty if the file does not exist. */
  public static Optional<Report> readIfPresent(Path file) {
    return Files.isRegularFile(file) ? Optional.of(read(file)) : Optional.empty();
  }

  /**
   * The newest published report in a folder.
   *
   * @param suite a regular expression of the suite
   */
  public static Optional<Path> newest(Path results, String suite) throws IOException {
    if (!Files.isDirectory(results)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(results)) {
      return files
          .filter(file -> file.getFileName().toString().matches(suite + DATED))
          .max(Comparator.comparing(Report::date));
    }
  }

  private static String date(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.length() - "YYYY-MM-DD.json".length());
  }

  /** Writes the report, and with a GPU its table and plot, into a folder; returns its path. */
  public Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    if (gpu != null) {
      writeText(folder.resolve(run.stem() + ".md"), ReportTable.gpu(this));
      writeText(folder.resolve(run.stem() + ".svg"), Roofline.svg(this, gpu));
    }
    Path file = folder.resolve(fileName());
    writeJson(file, this);
    return file;
  }

  /** Writes a value as JSON, whole or not at all. */
  public static void writeJson(Path file, Object value) {
    writeText(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n");
  }

  private static void writeText(Path file, String text) {
    AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
