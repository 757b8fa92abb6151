package dev.phoenix.bench.gpu;

import dev.phoenix.bench.report.Figure;
import dev.phoenix.bench.report.Report;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the figures and skipped measurements of a part. Each is reported at once, so that a
 * stopped process keeps the figures that it has.
 */
final class PartFigures {
  private final Part part;
  private final Runnable changed;
  private final List<Figure> figures = new ArrayList<>();
  private final List<Report.LeftOut> leftOut = new ArrayList<>();

  /**
   * Creates notes of a part.
   *
   * @param changed runs after every note
   */
  PartFigures(Part part, Runnable changed) {
    this.part = part;
    this.changed = changed;
  }

  /** Adds a figure. */
  void add(Figure figure) {
    figures.add(figure.in(part.title()));
    changed.run();
  }

  /** Adds a skipped measurement with its reason. */
  void leaveOut(String what) {
    leftOut.add(new Report.LeftOut(part.title(), what));
    changed.run();
  }

  List<Figure> figures() {
    return List.copyOf(figures);
  }

  List<Report.LeftOut> leftOut() {
    return List.copyOf(leftOut);
  }
}
