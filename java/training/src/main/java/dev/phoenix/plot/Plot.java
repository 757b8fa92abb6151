package dev.phoenix.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A plot: panels one above the other.
 *
 * @param title the title above the panels; may be empty
 * @param panels the panels, the upper one first
 */
public record Plot(String title, List<Panel> panels) {
  private static final int WIDTH = 860;
  private static final int LEFT = 80;
  private static final int RIGHT = 720;
  private static final int TOP = 40;
  private static final int BELOW = 60;
  private static final int MIN_HEIGHT = 300;

  /**
   * Series over the same axes.
   *
   * @param title the title above the panel; may be empty
   * @param x the horizontal axis
   * @param y the vertical axis
   * @param series what is drawn, the later over the earlier
   */
  public record Panel(String title, Axis x, Axis y, List<Series> series) {
    /** Copies the series. */
    public Panel {
      series = List.copyOf(series);
    }

    /** A panel whose linear axes just cover all points. */
    public static Panel covering(String title, String xLabel, List<Series> series) {
      Axis x = covering(xLabel, series, Series.Point::x);
      return new Panel(title, x, covering("", series, Series.Point::y), series);
    }

    private static Axis covering(
        String label, List<Series> series, ToDoubleFunction<Series.Point> coordinate) {
      var values =
          series.stream()
              .flatMap(one -> one.points().stream())
              .mapToDouble(coordinate)
              .summaryStatistics();
      return values.getCount() == 0
          ? Axis.linear(label, 0, 1)
          : Axis.linear(label, values.getMin(), values.getMax());
    }
  }

  /** Copies the panels. */
  public Plot {
    panels = List.copyOf(panels);
  }

  /** The SVG document. */
  public String svg() {
    int height = Math.max(MIN_HEIGHT, 520 / Math.max(1, panels.size()));
    List<String> out = new ArrayList<>();
    out.add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                .formatted(WIDTH, TOP + Math.max(1, panels.size()) * height)
            + " font-size=\"12\">");
    out.add("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
    out.add(text(LEFT, 20, "start", title));
    for (int i = 0; i < panels.size(); i++) {
      new Drawing(out, panels.get(i), TOP + i * height, TOP + (i + 1) * height - BELOW).draw();
    }
    out.add("</svg>");
    return String.join("\n", out) + "\n";
  }

  private static String text(double x, double y, String anchor, String text) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
        x,
        y,
        anchor,
        escaped(text));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** Draws a panel between two heights. */
  private record Drawing(List<String> out, Panel panel, int top, int bottom) {
    private double x(double value) {
      return LEFT + panel.x().share(value) * (RIGHT - LEFT);
    }

    private double y(double value) {
      return bottom - panel.y().share(value) * (bottom - top);
    }

    void draw() {
      out.add(text(LEFT, top - 6, "start", panel.title()));
      for (double tick : panel.x().ticks()) {
        grid(x(tick), bottom, x(tick), top);
        out.add(text(x(tick), bottom + 18, "middle", Axis.number(tick)));
      }
      for (double tick : panel.y().ticks()) {
        grid(LEFT, y(tick), RIGHT, y(tick));
        out.add(text(LEFT - 6, y(tick) + 4, "end", Axis.number(tick)));
      }
      double middle = (top + bottom) / 2.0;
      out.add(text((LEFT + RIGHT) / 2.0, bottom + 38, "middle", panel.x().label()));
      out.add(
          String.format(
              Locale.ROOT,
              "<text x=\"20\" y=\"%1$.1f\" transform=\"rotate(-90 20 %1$.1f)\""
                  + " text-anchor=\"middle\">%2$s</text>",
              middle,
              escaped(panel.y().label())));
      for (int i = 0; i < panel.series().size(); i++) {
        series(panel.series().get(i), top + 14 + 18 * i);
      }
    }

    private void grid(double x1, double y1, double x2, double y2) {
      out.add(
          String.format(
              Locale.ROOT, "<path d=\"M%.1f %.1f L%.1f %.1f\" stroke=\"#ddd\"/>", x1, y1, x2, y2));
    }

    private void series(Series series, int legend) {
      String colour = series.colour();
      out.add(
          "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>"
              .formatted(RIGHT + 12, legend, colour, escaped(series.name())));
      if (series.mark() == Series.Mark.DOTS) {
        for (int i = 0; i < series.points().size(); i++) {
          dot(series.points().get(i), colour, i + 1);
        }
        return;
      }
      StringBuilder points = new StringBuilder();
      for (Series.Point point : series.points()) {
        points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point.x()), y(point.y())));
      }
      out.add(
          "<polyline fill=\"none\" stroke-width=\"1.8\" stroke=\"%s\" points=\"%s\"/>"
              .formatted(colour, points.toString().strip()));
    }

    private void dot(Series.Point point, String colour, int number) {
      out.add(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"><title>%s</title></circle>",
              x(point.x()),
              y(point.y()),
              colour,
              escaped(point.name())));
      out.add(text(x(point.x()) + 5, y(point.y()) - 4, "start", Integer.toString(number)));
    }
  }
}
