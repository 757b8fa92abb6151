package dev.phoenix.training.run;

import dev.phoenix.dataset.DatasetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Curves over steps as an SVG file, one panel above the other. A chart library would weigh more
 * than the rest of the product for these few lines.
 */
final class CurvePlot {
  private static final int WIDTH = 720;
  private static final int PANEL = 220;
  private static final int LEFT = 70;
  private static final int RIGHT = 20;
  private static final int TOP = 36;
  private static final int BOTTOM = 34;
  private static final int TICKS = 4;
  private static final String[] COLOURS = {"#1f5fa8", "#c2571a", "#2f7d3b"};

  private final List<Panel> panels = new ArrayList<>();

  /**
   * One curve.
   *
   * @param points (step, value)
   */
  record Curve(String name, List<double[]> points) {}

  private record Panel(String title, List<Curve> curves) {
    double least(int axis) {
      return curves.stream()
          .flatMap(curve -> curve.points().stream())
          .mapToDouble(point -> point[axis])
          .min()
          .orElse(0);
    }

    double most(int axis) {
      return curves.stream()
          .flatMap(curve -> curve.points().stream())
          .mapToDouble(point -> point[axis])
          .max()
          .orElse(1);
    }
  }

  /** Adds a panel with those curves that have points. */
  CurvePlot panel(String title, Curve... curves) {
    List<Curve> drawn = new ArrayList<>();
    for (Curve curve : curves) {
      if (!curve.points().isEmpty()) {
        drawn.add(curve);
      }
    }
    if (!drawn.isEmpty()) {
      panels.add(new Panel(title, drawn));
    }
    return this;
  }

  /** Writes the file; it appears whole or not at all. */
  void write(Path target) {
    StringBuilder svg = new StringBuilder();
    int height = Math.max(1, panels.size()) * PANEL;
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
            .formatted(WIDTH, height));
    svg.append(" font-family=\"sans-serif\" font-size=\"12\">\n");
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    for (int i = 0; i < panels.size(); i++) {
      draw(svg, panels.get(i), i * PANEL);
    }
    svg.append("</svg>\n");
    Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
    try {
      Files.writeString(temporary, svg);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new DatasetException("cannot write the plot " + target + ": " + e, e);
    }
  }

  private static void draw(StringBuilder svg, Panel panel, int top) {
    Scale x = new Scale(panel.least(0), panel.most(0), LEFT, WIDTH - RIGHT);
    Scale y = new Scale(panel.least(1), panel.most(1), top + PANEL - BOTTOM, top + TOP);
    text(svg, LEFT, top + 20, "start", panel.title());
    for (int tick = 0; tick <= TICKS; tick++) {
      double share = (double) tick / TICKS;
      double level = y.at(y.value(share));
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>%n",
              LEFT,
              WIDTH - RIGHT,
              level,
              level));
      text(svg, LEFT - 8, level + 4, "end", number(y.value(share)));
      text(svg, x.at(x.value(share)), top + PANEL - 14, "middle", number(x.value(share)));
    }
    for (int i = 0; i < panel.curves().size(); i++) {
      Curve curve = panel.curves().get(i);
      String colour = COLOURS[i % COLOURS.length];
      StringBuilder points = new StringBuilder();
      for (double[] point : curve.points()) {
        points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x.at(point[0]), y.at(point[1])));
      }
      svg.append(
          "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" points=\"%s\"/>%n"
              .formatted(colour, points.toString().strip()));
      svg.append(
          "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"%s\">%s</text>%n"
              .formatted(WIDTH - RIGHT - 90 * i, top + 20, colour, curve.name()));
    }
  }

  /** From values to places. */
  private record Scale(double least, double most, double from, double to) {
    double value(double share) {
      return least + share * (most - least);
    }

    double at(double value) {
      return most > least ? from + (value - least) / (most - least) * (to - from) : (from + to) / 2;
    }
  }

  private static String number(double value) {
    return Math.abs(value) >= 1000
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }

  private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            text));
  }
}
