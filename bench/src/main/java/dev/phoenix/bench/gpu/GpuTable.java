package dev.phoenix.bench.gpu;

import dev.phoenix.bench.MarkdownTable;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Formats a report as Markdown. */
public final class GpuTable {
  private static final List<String> HEAD =
      List.of(
          "Benchmark",
          "Phoenix",
          "Rate",
          "Floor",
          "Of floor",
          "cuBLASLt alone",
          "Fastest peer",
          "Ratio");

  private static final List<String> GOALS =
      List.of("Goal of", "Wanted", "Measured", "Verdict", "Time", "Floor", "Of floor");

  private GpuTable() {}

  /** The whole report: goals, a table for each part, checks, and skipped measurements. */
  static String whole(GpuReport report) {
    StringBuilder text = new StringBuilder("# ").append(report.gpu().name()).append("\n\n");
    text.append(source(report)).append("\n");
    String goals = goals(report);
    if (!goals.isEmpty()) {
      text.append("\n## Goals\n\n").append(goals);
    }
    for (Part part : Part.values()) {
      String table = table(report, figure -> figure.part() == part);
      if (!table.isEmpty()) {
        text.append("\n## ").append(part.title()).append("\n\n").append(table);
      }
    }
    text.append(checks(report));
    if (!report.leftOut().isEmpty()) {
      text.append("\n## Left out\n\n");
      report
          .leftOut()
          .forEach(
              line ->
                  text.append("- ")
                      .append(line.part().title())
                      .append(": ")
                      .append(line.what())
                      .append("\n"));
    }
    return text.toString();
  }

  /** The goals and the comparisons with peers, for docs/benchmarks.md. */
  public static String highlights(GpuReport report) {
    return source(report)
        + "\n\n"
        + goals(report)
        + "\n"
        + table(report, figure -> !figure.goals().isEmpty() || !figure.peers().isEmpty());
  }

  private static String source(GpuReport report) {
    GpuFacts gpu = report.gpu();
    Ceilings ceilings = report.ceilings();
    String kind =
        switch (report.kind()) {
          case FULL -> "";
          case QUICK -> "Quick look, not to be published. ";
          case EMULATED ->
              "**Emulated: executed on a CPU at toy sizes. No figure says anything of a GPU.** ";
        };
    return String.format(
        Locale.ROOT,
        "%s%s, compute capability %s, driver %s, clocks %s. Commit %s, %s. Measured ceilings: copy"
            + " %.0f GB/s, bfloat16 product %.0f TFLOP/s, %.2f T exponentials/s, %.2f T"
            + " tangents/s, float32 %.1f TFLOP/s.",
        kind,
        gpu.name(),
        gpu.computeCapability(),
        gpu.driver(),
        gpu.clocks(),
        report.commit(),
        report.date(),
        ceilings.copyBytes() / 1e9,
        ceilings.tensorFlops() / 1e12,
        ceilings.exponentials() / 1e12,
        ceilings.tangents() / 1e12,
        ceilings.flops() / 1e12);
  }

  private static String table(GpuReport report, Predicate<Figure> wanted) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEAD);
    boolean emulated = report.kind() == GpuReport.Kind.EMULATED;
    report.figures().stream()
        .filter(wanted)
        .map(figure -> line(figure, emulated))
        .forEach(lines::add);
    return lines.size() == 1 ? "" : MarkdownTable.of(lines);
  }

  private static List<String> line(Figure figure, boolean emulated) {
    double seconds = figure.timing().medianSeconds();
    Timing products = figure.products();
    Figure.PeerFigure peer = figure.bestPeer().orElse(null);
    return List.of(
        figure.name(),
        time(figure, emulated),
        rate(figure.rate()),
        floor(figure),
        ofFloor(figure),
        products == null ? "" : MarkdownTable.time(products.medianSeconds()),
        peer == null ? "" : MarkdownTable.time(peer.medianSeconds()) + ": " + peer.name(),
        // The time of the emulated device cannot be compared with a peer's.
        peer == null || emulated
            ? ""
            : String.format(Locale.ROOT, "%.2fx", peer.medianSeconds() / seconds));
  }

  private static String time(Figure figure, boolean emulated) {
    return MarkdownTable.time(figure.timing().medianSeconds()) + (emulated ? " emulated" : "");
  }

  private static String floor(Figure figure) {
    Floor floor = figure.floor();
    return floor == null
        ? ""
        : MarkdownTable.time(floor.seconds()) + " " + floor.bound().name().toLowerCase(Locale.ROOT);
  }

  private static String ofFloor(Figure figure) {
    Floor floor = figure.floor();
    return floor == null
        ? ""
        : String.format(
            Locale.ROOT, "%.0f%%", 100 * floor.seconds() / figure.timing().medianSeconds());
  }

  /** Rounds to three significant digits. */
  private static String threeDigits(double value) {
    return BigDecimal.valueOf(value).round(new MathContext(3)).stripTrailingZeros().toPlainString();
  }

  private static String goals(GpuReport report) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(GOALS);
    boolean emulated = report.kind() == GpuReport.Kind.EMULATED;
    for (Figure figure : report.figures()) {
      for (Figure.Goal goal : figure.goals()) {
        Double found = goal.found();
        lines.add(
            List.of(
                figure.name(),
                goal.sense().text() + " " + threeDigits(goal.wanted()) + " " + goal.what(),
                found == null ? "no peer" : threeDigits(found),
                emulated ? "emulated" : found == null ? "open" : goal.met() ? "met" : "missed",
                time(figure, emulated),
                floor(figure),
                ofFloor(figure)));
      }
    }
    return lines.size() == 1 ? "" : MarkdownTable.of(lines);
  }

  private static String rate(Figure.@Nullable Rate rate) {
    return rate == null ? "" : MarkdownTable.rate(rate.perSecond(), rate.unit());
  }

  private static String checks(GpuReport report) {
    StringBuilder text = new StringBuilder("\n## Checked before it was timed\n\n");
    for (Figure figure : report.figures()) {
      text.append("- ").append(figure.name()).append(": ").append(figure.check()).append("\n");
      for (Figure.PeerFigure peer : figure.peers()) {
        text.append(
            String.format(
                Locale.ROOT,
                "  - %s: %s; %s%n",
                peer.name(),
                MarkdownTable.time(peer.medianSeconds()),
                peer.check()));
      }
    }
    return text.toString();
  }
}
