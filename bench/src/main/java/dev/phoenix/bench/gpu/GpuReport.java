package dev.phoenix.bench.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * All figures of one GPU on one day: the content of {@code bench/results/gpu-*.json}.
 *
 * @param date the date of the run, YYYY-MM-DD
 * @param commit the commit of the sources, with "-dirty" if they were changed
 * @param kind whether it may be published
 * @param gpu the device and host
 * @param ceilings the device's peak rates
 * @param figures the figures in the order of their parts
 * @param leftOut measurements that were skipped, with part and reason
 */
public record GpuReport(
    String date,
    String commit,
    Kind kind,
    GpuFacts gpu,
    Ceilings ceilings,
    List<Figure> figures,
    List<LeftOut> leftOut) {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String PUBLISHED = "gpu-.+-\\d{4}-\\d{2}-\\d{2}\\.json";

  /**
   * A measurement that was requested and skipped.
   *
   * @param part its part
   * @param what the measurement and the reason, in one line
   */
  public record LeftOut(Part part, String what) {}

  /** The kinds of reports. */
  public enum Kind {
    /** Published: all sizes and samples. */
    FULL,
    /** Fewer sizes and samples. */
    QUICK,
    /** Executed on a CPU: shows that everything runs, says nothing about a GPU. */
    EMULATED
  }

  /** Copies the lists. */
  public GpuReport {
    figures = List.copyOf(figures);
    leftOut = List.copyOf(leftOut);
  }

  /** The file name of this report; unpublished kinds have different names. */
  String fileName() {
    return switch (kind) {
      case FULL -> "gpu-" + gpu.slug() + "-" + date + ".json";
      case QUICK -> "gpu-" + gpu.slug() + "-" + date + "-quick.json";
      case EMULATED -> "emulated-" + date + ".json";
    };
  }

  /**
   * A copy that takes the other parts from an earlier report of the same device and sources.
   *
   * @param measured the parts of this run
   */
  GpuReport beside(GpuReport earlier, Set<Part> measured) {
    if (!earlier.commit.equals(commit) || !earlier.gpu.name().equals(gpu.name())) {
      return this;
    }
    GpuReport others = earlier.without(measured);
    List<Figure> all = new ArrayList<>(figures);
    all.addAll(others.figures);
    all.sort(Comparator.comparing(Figure::part));
    List<LeftOut> lines = new ArrayList<>(leftOut);
    lines.addAll(others.leftOut);
    lines.sort(Comparator.comparing(LeftOut::part));
    return new GpuReport(date, commit, kind, gpu, ceilings, all, lines);
  }

  /** A copy without some parts. */
  GpuReport without(Set<Part> parts) {
    return new GpuReport(
        date,
        commit,
        kind,
        gpu,
        ceilings,
        figures.stream().filter(figure -> !parts.contains(figure.part())).toList(),
        leftOut.stream().filter(line -> !parts.contains(line.part())).toList());
  }

  /** A copy with more skipped measurements. */
  GpuReport leavingOut(List<LeftOut> more) {
    List<LeftOut> all = new ArrayList<>(leftOut);
    all.addAll(more);
    return new GpuReport(date, commit, kind, gpu, ceilings, figures, all);
  }

  /** A copy with peers, given by the names of their figures. */
  GpuReport withPeers(Map<String, List<Figure.PeerFigure>> found) {
    List<Figure> beside =
        figures.stream()
            .map(
                figure -> {
                  List<Figure.PeerFigure> peers = found.getOrDefault(figure.name(), List.of());
                  return peers.isEmpty() ? figure : figure.withPeers(peers);
                })
            .toList();
    return new GpuReport(date, commit, kind, gpu, ceilings, beside, leftOut);
  }

  /** Reads a report; empty if the file does not exist. */
  static Optional<GpuReport> readIfPresent(Path file) {
    return Files.isRegularFile(file) ? Optional.of(read(file)) : Optional.empty();
  }

  /** Reads a report. */
  public static GpuReport read(Path file) {
    return JSON.readValue(file, GpuReport.class);
  }

  /** The newest report in a folder that may be published. */
  public static Optional<Path> newest(Path results) throws IOException {
    if (!Files.isDirectory(results)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(results)) {
      return files
          .filter(file -> file.getFileName().toString().matches(PUBLISHED))
          .max(Comparator.comparing(GpuReport::date));
    }
  }

  private static String date(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.length() - "YYYY-MM-DD.json".length());
  }

  /** Writes the report, its table and its plot into a folder; returns the report's path. */
  Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    String name = fileName();
    String stem = name.substring(0, name.length() - ".json".length());
    write(folder.resolve(stem + ".md"), GpuTable.whole(this));
    write(folder.resolve(stem + ".svg"), Roofline.of(this).svg());
    Path file = folder.resolve(name);
    write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    return file;
  }

  private static void write(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    try {
      Files.writeString(temporary, text);
      Files.move(
          temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
