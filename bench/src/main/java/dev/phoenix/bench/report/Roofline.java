package dev.phoenix.bench.report;

import dev.phoenix.kernels.check.Work;
import dev.phoenix.plot.Axis;
import dev.phoenix.plot.Plot;
import dev.phoenix.plot.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A roofline plot: operations per second over operations per byte, both logarithmic, with the
 * measured limits of the device. Each figure with counted work is a point.
 */
final class Roofline {
  /** The range of the x axis, operations per byte, and of the y axis below the highest rate. */
  private static final double LEAST_INTENSITY = 0.1;

  private static final double MAX_INTENSITY = 10_000;
  private static final double RANGE = 1e5;

  private Roofline() {}

  /** The SVG document. */
  static String svg(Report report, Gpu gpu) {
    Ceilings ceilings = gpu.ceilings();
    double highest = 2 * ceilings.tensorFlops() / 1e12;
    List<Series> series =
        List.of(
            roof(ceilings.copyBytes(), ceilings.tensorFlops(), "bfloat16 products", "#0a5"),
            roof(ceilings.copyBytes(), ceilings.flops(), "float32", "#05a"),
            Series.dots("#c30", points(report)));
    Axis x = Axis.logarithmic("operations per byte", LEAST_INTENSITY, MAX_INTENSITY);
    Axis y = Axis.logarithmic("10^12 operations per second", highest / RANGE, highest);
    String title =
        "Roofline, %s, %s%s"
            .formatted(
                gpu.name(),
                report.run().date(),
                report.run().kind() == Report.Kind.EMULATED ? ": emulated, not a GPU" : "");
    return new Plot(title, List.of(new Plot.Panel("", x, y, series))).svg();
  }

  private static Series roof(double bytes, double flops, String name, String colour) {
    return Series.line(
        name,
        colour,
        List.of(
            Series.Point.of(LEAST_INTENSITY, LEAST_INTENSITY * bytes / 1e12),
            Series.Point.of(flops / bytes, flops / 1e12),
            Series.Point.of(MAX_INTENSITY, flops / 1e12)));
  }

  private static List<Series.Point> points(Report report) {
    List<Series.Point> points = new ArrayList<>();
    for (Figure figure : report.figures()) {
      Work work = figure.work();
      double operations = work == null ? 0 : work.tensorFlops() + work.flops();
      if (work != null && work.bytes() > 0 && operations > 0) {
        points.add(
            new Series.Point(
                operations / work.bytes(),
                operations / figure.seconds() / 1e12,
                String.format(Locale.ROOT, "%s, %.3g s", figure.name(), figure.seconds())));
      }
    }
    return points;
  }
}
