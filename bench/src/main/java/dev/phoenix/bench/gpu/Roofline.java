package dev.phoenix.bench.gpu;

import dev.phoenix.kernels.check.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A roofline plot: operations per second over operations per byte, both logarithmic, with the
 * measured limits of the device. Each figure with counted work is a point.
 */
final class Roofline {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 520;
  private static final int LEFT = 80;
  private static final int RIGHT = 830;
  private static final int TOP = 40;
  private static final int BOTTOM = 450;

  /** The range of the x axis, operations per byte; DECADES is the range of the y axis. */
  private static final double LEAST_INTENSITY = 0.1;

  private static final double MAX_INTENSITY = 10_000;
  private static final double DECADES = 5;

  private final GpuReport report;
  private final double highest;
  private final List<String> elements = new ArrayList<>();

  private Roofline(GpuReport report) {
    this.report = report;
    this.highest = 2 * report.ceilings().tensorFlops();
  }

  static Roofline of(GpuReport report) {
    return new Roofline(report);
  }

  /** The SVG document. */
  String svg() {
    axes();
    roofs();
    int number = 0;
    for (Figure figure : report.figures()) {
      Work work = figure.work();
      if (work != null && work.bytes() > 0 && work.tensorFlops() + work.flops() > 0) {
        number++;
        point(figure, work, number);
      }
    }
    String title =
        "Roofline, %s, %s%s"
            .formatted(
                report.gpu().name(),
                report.date(),
                report.kind() == GpuReport.Kind.EMULATED ? ": emulated, not a GPU" : "");
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
    <rect width="100%%" height="100%%" fill="white"/>
    <text x="%d" y="24" font-size="15">%s</text>
    %s
    </svg>
    """
        .formatted(WIDTH, HEIGHT, LEFT, escaped(title), String.join("\n", elements));
  }

  private double x(double intensity) {
    double share =
        Math.log(Math.clamp(intensity, LEAST_INTENSITY, MAX_INTENSITY) / LEAST_INTENSITY)
            / Math.log(MAX_INTENSITY / LEAST_INTENSITY);
    return LEFT + share * (RIGHT - LEFT);
  }

  private double y(double rate) {
    double below = Math.log10(highest / Math.max(rate, highest / Math.pow(10, DECADES)));
    return TOP + below / DECADES * (BOTTOM - TOP);
  }

  private void axes() {
    for (double i = LEAST_INTENSITY; i <= MAX_INTENSITY; i *= 10) {
      elements.add(
          String.format(
              Locale.ROOT, "<path d=\"M%.1f %d V%d\" stroke=\"#ddd\"/>", x(i), TOP, BOTTOM));
      elements.add(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
              x(i),
              BOTTOM + 18,
              plain(i)));
    }
    double decade = Math.pow(10, Math.floor(Math.log10(highest)));
    for (int i = 0; i < DECADES; i++) {
      elements.add(
          String.format(
              Locale.ROOT, "<path d=\"M%d %.1f H%d\" stroke=\"#ddd\"/>", LEFT, y(decade), RIGHT));
      elements.add(
          String.format(
              Locale.ROOT,
              "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
              LEFT - 6,
              y(decade) + 4,
              plain(decade / 1e12)));
      decade /= 10;
    }
    elements.add(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">operations per byte</text>",
            (LEFT + RIGHT) / 2,
            BOTTOM + 40));
    elements.add(
        String.format(
            Locale.ROOT,
            "<text x=\"20\" y=\"%d\" transform=\"rotate(-90 20 %d)\" text-anchor=\"middle\">10^12"
                + " operations per second</text>",
            (TOP + BOTTOM) / 2,
            (TOP + BOTTOM) / 2));
  }

  private static String plain(double value) {
    return String.format(Locale.ROOT, value >= 1 ? "%,.0f" : "%.2g", value);
  }

  private void roofs() {
    Ceilings c = report.ceilings();
    roof(c.copyBytes(), c.tensorFlops(), "bfloat16 on tensor cores", "#0a5");
    roof(c.copyBytes(), c.flops(), "float32", "#05a");
  }

  private void roof(double bytes, double flops, String name, String color) {
    double ridge = flops / bytes;
    elements.add(
        String.format(
            Locale.ROOT,
            "<path d=\"M%.1f %.1f L%.1f %.1f H%d\" fill=\"none\" stroke=\"%s\""
                + " stroke-width=\"2\"/>",
            x(LEAST_INTENSITY),
            y(LEAST_INTENSITY * bytes),
            x(ridge),
            y(flops),
            RIGHT,
            color));
    elements.add(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"%s\">%s</text>",
            RIGHT,
            y(flops) - 6,
            color,
            name));
  }

  private void point(Figure figure, Work work, int number) {
    double operations = work.tensorFlops() + work.flops();
    double px = x(operations / work.bytes());
    double py = y(operations / figure.timing().medianSeconds());
    elements.add(
        String.format(
            Locale.ROOT,
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#c30\"><title>%s</title></circle>",
            px,
            py,
            escaped(
                figure.name()
                    + ", "
                    + String.format(Locale.ROOT, "%.3g s", figure.timing().medianSeconds()))));
    elements.add(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" font-size=\"9\">%d</text>",
            px + 5,
            py - 4,
            number));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
