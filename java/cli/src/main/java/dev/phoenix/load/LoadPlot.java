package dev.phoenix.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** An SVG plot of a run: rates above, latencies below, both over time. */
public record LoadPlot(LoadReport report) {
  private static final int WIDTH = 840;
  private static final int PANEL = 220;
  private static final int LEFT = 70;
  private static final int TOP = 50;
  private static final int GAP = 70;
  private static final int INNER = WIDTH - LEFT - 130;

  /** A line of a panel. */
  private record Line(String name, String color, ToDoubleFunction<LoadReport.Interval> value) {}

  private static final List<Line> RATES =
      List.of(
          new Line("offered", "#8a8f98", LoadReport.Interval::offered),
          new Line("in time", "#1a7f37", LoadReport.Interval::good),
          new Line("rejected", "#bf5b04", LoadReport.Interval::rejected),
          new Line("late", "#c4314b", LoadReport.Interval::late));

  private static final List<Line> LATENCIES =
      List.of(
          new Line("p50", "#4c8bf5", interval -> interval.latency().p50()),
          new Line("p99", "#8250df", interval -> interval.latency().p99()),
          new Line("p99.9", "#c4314b", interval -> interval.latency().p999()));

  /** The SVG document. */
  public String svg() {
    List<String> out = new ArrayList<>();
    int height = TOP + 2 * PANEL + GAP + 50;
    out.add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                .formatted(WIDTH, height)
            + " font-size=\"12\">");
    out.add("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
    out.add(text(LEFT, 26, "start", escape(title())));
    panel(out, TOP, "requests a second", RATES);
    panel(out, TOP + PANEL + GAP, "latency, ms (answered in time)", LATENCIES);
    out.add(text(LEFT + INNER / 2, height - 12, "middle", "seconds"));
    out.add("</svg>");
    return String.join("\n", out) + "\n";
  }

  private String title() {
    return String.format(
        Locale.ROOT,
        "%s: %.0f requests, %.1f/s in time, p50 %.2f ms, p99 %.2f ms",
        report.target(),
        (double) report.requests(),
        report.goodput(),
        report.latency().p50(),
        report.latency().p99());
  }

  private void panel(List<String> out, int top, String name, List<Line> lines) {
    double most =
        lines.stream()
            .flatMapToDouble(line -> report.intervals().stream().mapToDouble(line.value()))
            .max()
            .orElse(0);
    double step = step(most);
    double scale = step * Math.max(1, Math.ceil(most / step));
    out.add(text(LEFT, top - 8, "start", name));
    for (double tick = 0; tick <= scale * 1.0001; tick += step) {
      double y = top + PANEL * (1 - tick / scale);
      out.add(
          String.format(
              Locale.ROOT,
              "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#e3e6ea\"/>",
              LEFT,
              LEFT + INNER,
              y,
              y));
      out.add(text(LEFT - 6, (int) y + 4, "end", label(tick)));
    }
    for (int i = 0; i < lines.size(); i++) {
      line(out, top, scale, lines.get(i));
      out.add(
          String.format(
              Locale.ROOT,
              "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>",
              LEFT + INNER + 12,
              top + 14 + 18 * i,
              lines.get(i).color(),
              lines.get(i).name()));
    }
    out.add(text(LEFT, top + PANEL + 16, "middle", "0"));
    out.add(text(LEFT + INNER, top + PANEL + 16, "middle", label(report.seconds())));
  }

  private void line(List<String> out, int top, double scale, Line line) {
    StringBuilder points = new StringBuilder();
    int count = report.intervals().size();
    for (int i = 0; i < count; i++) {
      LoadReport.Interval interval = report.intervals().get(i);
      double x = LEFT + INNER * (i + 0.5) / count;
      double y = top + PANEL * (1 - line.value().applyAsDouble(interval) / scale);
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
    }
    out.add(
        "<polyline fill=\"none\" stroke-width=\"1.8\" stroke=\"%s\" points=\"%s\"/>"
            .formatted(line.color(), points.toString().strip()));
  }

  /** The axis step: 1, 2 or 5 times a power of ten, so that there are three to seven steps. */
  private static double step(double most) {
    if (!(most > 0)) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(most / 4)));
    double ratio = most / 4 / power;
    return power * (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : 5);
  }

  private static String label(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }

  private static String text(int x, int y, String anchor, String text) {
    return "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"#30343b\">%s</text>"
        .formatted(x, y, anchor, text);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
