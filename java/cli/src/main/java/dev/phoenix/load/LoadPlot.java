package dev.phoenix.load;

import dev.phoenix.plot.Axis;
import dev.phoenix.plot.Plot;
import dev.phoenix.plot.Series;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** An SVG plot of a run: rates above, latencies below, both over time. */
public record LoadPlot(LoadReport report) {
  /** The SVG document. */
  public String svg() {
    List<Series> rates =
        List.of(
            line("offered", "#8a8f98", LoadReport.Interval::offered),
            line("in time", "#1a7f37", LoadReport.Interval::good),
            line("rejected", "#bf5b04", LoadReport.Interval::rejected),
            line("late", "#c4314b", LoadReport.Interval::late));
    List<Series> latencies =
        List.of(
            line("p50", "#4c8bf5", interval -> interval.latency().p50()),
            line("p99", "#8250df", interval -> interval.latency().p99()),
            line("p99.9", "#c4314b", interval -> interval.latency().p999()));
    return new Plot(
            title(),
            List.of(
                panel("requests a second", rates),
                panel("latency, ms (answered in time)", latencies)))
        .svg();
  }

  private Plot.Panel panel(String title, List<Series> series) {
    double most =
        series.stream()
            .flatMap(line -> line.points().stream())
            .mapToDouble(Series.Point::y)
            .max()
            .orElse(0);
    Axis seconds = Axis.linear("seconds", 0, report.seconds());
    return new Plot.Panel(title, seconds, Axis.fromZero("", most), series);
  }

  private Series line(String name, String colour, ToDoubleFunction<LoadReport.Interval> value) {
    double width = report.seconds() / Math.max(1, report.intervals().size());
    List<Series.Point> points =
        IntStream.range(0, report.intervals().size())
            .mapToObj(
                i ->
                    Series.Point.of(
                        (i + 0.5) * width, value.applyAsDouble(report.intervals().get(i))))
            .toList();
    return Series.line(name, colour, points);
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
}
