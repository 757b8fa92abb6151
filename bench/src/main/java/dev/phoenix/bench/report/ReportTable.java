package dev.phoenix.bench.report;

import dev.phoenix.bench.report.MarkdownTable.Column;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Formats reports as Markdown: a line about the machine, then tables of figures. */
public final class ReportTable {
  private static final Column<Figure> NAME = new Column<>("Benchmark", Figure::name);
  private static final Column<Figure> RATIO = new Column<>("Ratio", ReportTable::ratio);

  private static final List<Column<Figure>> COMPARED =
      List.of(
          NAME,
          new Column<>("Phoenix", figure -> Quantity.time(figure.seconds()) + ", " + rate(figure)),
          new Column<>("Peer", ReportTable::peerAndRate),
          RATIO,
          new Column<>("Target", ReportTable::target));

  private static final List<Column<Figure>> SERVED =
      List.of(
          new Column<>("Figure", Figure::name),
          new Column<>("Found", ReportTable::value),
          new Column<>("Goal", figure -> firstGoal(figure, Goal::text)),
          new Column<>("", figure -> firstGoal(figure, Goal::verdict)));

  private static final List<Column<Figure>> MEASURED =
      List.of(
          NAME,
          new Column<>("Phoenix", figure -> Quantity.time(figure.seconds())),
          new Column<>("Rate", ReportTable::rate),
          new Column<>("Floor", ReportTable::floor),
          new Column<>("Of floor", ReportTable::ofFloor),
          new Column<>("cuBLASLt alone", figure -> time(figure.products())),
          new Column<>("Fastest peer", ReportTable::peer),
          RATIO);

  private record GoalOf(Figure figure, Goal goal) {}

  private static final List<Column<GoalOf>> GOALS =
      List.of(
          new Column<>("Goal of", row -> row.figure().name()),
          new Column<>("Wanted", row -> row.goal().text()),
          new Column<>("Measured", row -> found(row.goal())),
          new Column<>("Verdict", row -> row.goal().verdict()),
          new Column<>("Time", row -> Quantity.time(row.figure().seconds())),
          new Column<>("Floor", row -> floor(row.figure())),
          new Column<>("Of floor", row -> ofFloor(row.figure())));

  private ReportTable() {}

  /** Comparisons with peers on the CPU. */
  public static String compared(Report report) {
    Machine machine = report.machine();
    List<Figure> figures = report.figures();
    String heading =
        String.format(
            Locale.ROOT,
            "%s%s, %s, %d-bit vectors, %s, %s. Commit %s, %s. Median of %d rounds; the ratio is the"
                + " median of the rounds' own, quartiles in brackets. Load before the run %.1f%s.",
            notice(report),
            machine.cpu(),
            report.run().setting(),
            machine.vectorBits(),
            machine.jvm(),
            machine.os(),
            report.run().commit(),
            report.run().date(),
            figures.isEmpty() ? 0 : samples(figures.getFirst()),
            machine.load(),
            machine.load() > 0.5 ? ": other work disturbed it" : "");
    return heading + "\n\n" + MarkdownTable.of(COMPARED, figures);
  }

  /** Figures of servers with their goals. */
  public static String served(Report report) {
    String heading =
        "%s%s: %s. %s, %d cores, load before the run %.1f. Commit %s, %s."
            .formatted(
                notice(report),
                report.run().suite(),
                report.run().setting(),
                report.machine().cpu(),
                report.machine().cores(),
                report.machine().load(),
                report.run().commit(),
                report.run().date());
    return heading + "\n\n" + MarkdownTable.of(SERVED, report.figures());
  }

  /** The figures that have goals, each with the name of its part. */
  static String goalsByPart(List<Figure> figures) {
    List<Column<Figure>> columns = new ArrayList<>(SERVED);
    columns.addFirst(new Column<>("Part", Figure::part));
    return MarkdownTable.of(
        columns, figures.stream().filter(figure -> !figure.goals().isEmpty()).toList());
  }

  /** A whole report of a GPU: goals, a table for each part, checks, and skipped measurements. */
  public static String gpu(Report report) {
    StringBuilder text = new StringBuilder("# ").append(name(report)).append("\n\n");
    text.append(source(report)).append("\n");
    String goals = goals(report);
    if (!goals.isEmpty()) {
      text.append("\n## Goals\n\n").append(goals);
    }
    Map<String, List<Figure>> parts = new LinkedHashMap<>();
    for (Figure figure : shown(report)) {
      parts.computeIfAbsent(figure.part(), _ -> new ArrayList<>()).add(figure);
    }
    parts.forEach(
        (part, figures) ->
            text.append("\n## %s\n\n%s".formatted(part, MarkdownTable.of(MEASURED, figures))));
    text.append(checks(report));
    if (!report.leftOut().isEmpty()) {
      text.append("\n## Left out\n\n");
      report
          .leftOut()
          .forEach(line -> text.append("- %s: %s\n".formatted(line.part(), line.what())));
    }
    return text.toString();
  }

  /** The goals and the comparisons with peers of a GPU. */
  static String highlights(Report report) {
    Predicate<Figure> wanted = figure -> !figure.goals().isEmpty() || !figure.peers().isEmpty();
    List<Figure> figures = shown(report).stream().filter(wanted).toList();
    return source(report)
        + "\n\n"
        + goals(report)
        + "\n"
        + (figures.isEmpty() ? "" : MarkdownTable.of(MEASURED, figures));
  }

  private static String notice(Report report) {
    return switch (report.run().kind()) {
      case FULL -> "";
      case QUICK -> "Quick look, not to be published. ";
      case EMULATED ->
          "**Emulated: executed on a CPU at toy sizes. No figure says anything of a GPU.** ";
    };
  }

  /** The figures; those of the emulated device say so and are not compared with peers or goals. */
  private static List<Figure> shown(Report report) {
    return report.run().kind() == Report.Kind.EMULATED
        ? report.figures().stream().map(Figure::emulated).toList()
        : report.figures();
  }

  private static String name(Report report) {
    Gpu gpu = report.gpu();
    return gpu == null ? "No GPU" : gpu.name();
  }

  private static String source(Report report) {
    Gpu gpu = report.gpu();
    return notice(report)
        + (gpu == null ? "" : gpu.text())
        + " Commit %s, %s.".formatted(report.run().commit(), report.run().date());
  }

  private static String goals(Report report) {
    List<GoalOf> rows =
        shown(report).stream()
            .flatMap(figure -> figure.goals().stream().map(goal -> new GoalOf(figure, goal)))
            .toList();
    return rows.isEmpty() ? "" : MarkdownTable.of(GOALS, rows);
  }

  private static String checks(Report report) {
    StringBuilder text = new StringBuilder("\n## Checked before it was timed\n\n");
    for (Figure figure : report.figures()) {
      text.append("- %s: %s\n".formatted(figure.name(), figure.check()));
      for (Figure.Peer peer : figure.peers()) {
        text.append("  - %s: %s; %s\n".formatted(peer.name(), time(peer.time()), peer.check()));
      }
    }
    return text.toString();
  }

  private static int samples(Figure figure) {
    Timing time = figure.time();
    return time == null ? 0 : time.seconds().size();
  }

  private static String time(@Nullable Timing time) {
    return time == null ? "" : Quantity.time(time.median());
  }

  private static String value(Figure figure) {
    Quantity value = figure.value();
    return value == null ? "" : value.text();
  }

  private static String rate(Figure figure) {
    Quantity value = figure.value();
    return value == null ? "" : value.rateText();
  }

  private static String peer(Figure figure) {
    return figure.bestPeer().map(peer -> time(peer.time()) + ": " + peer.name()).orElse("");
  }

  private static String peerAndRate(Figure figure) {
    Quantity ours = figure.value();
    if (ours == null || figure.bestPeer().isEmpty()) {
      return peer(figure);
    }
    Figure.Peer peer = figure.bestPeer().get();
    double rate = ours.value() * figure.seconds() / peer.time().median();
    return "%s, %s: %s"
        .formatted(time(peer.time()), new Quantity(rate, ours.unit()).rateText(), peer.name());
  }

  private static String ratio(Figure figure) {
    List<Double> ratios = figure.ratios();
    if (ratios.isEmpty()) {
      return "";
    }
    String median = String.format(Locale.ROOT, "%.2fx", Timing.quantile(ratios, 0.5));
    return ratios.size() == 1
        ? median
        : String.format(
            Locale.ROOT,
            "%s (%.2f–%.2f)",
            median,
            Timing.quantile(ratios, 0.25),
            Timing.quantile(ratios, 0.75));
  }

  private static String target(Figure figure) {
    return firstGoal(
        figure, goal -> String.format(Locale.ROOT, "%.1fx: %s", goal.wanted(), goal.verdict()));
  }

  private static String firstGoal(Figure figure, Function<Goal, String> text) {
    return figure.goals().isEmpty() ? "" : text.apply(figure.goals().getFirst());
  }

  private static String found(Goal goal) {
    Double found = goal.found();
    return found == null ? "not measured" : new Quantity(found, "").text();
  }

  private static String floor(Figure figure) {
    Floor floor = figure.floor();
    return floor == null
        ? ""
        : Quantity.time(floor.seconds()) + " " + floor.bound().name().toLowerCase(Locale.ROOT);
  }

  private static String ofFloor(Figure figure) {
    Floor floor = figure.floor();
    return floor == null
        ? ""
        : String.format(Locale.ROOT, "%.0f%%", 100 * floor.seconds() / figure.seconds());
  }
}
