package dev.phoenix.bench.gpu;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects the figures and skipped measurements of a part. Each is reported at once, so that a
 * stopped process keeps the figures that it has.
 */
final class Notes {
  private final Part part;
  private final Runnable changed;
  private final List<Figure> figures = new ArrayList<>();
  private final List<GpuReport.LeftOut> leftOut = new ArrayList<>();

  /**
   * Creates notes of a part.
   *
   * @param changed runs after every note
   */
  Notes(Part part, Runnable changed) {
    this.part = part;
    this.changed = changed;
  }

  /** Adds a figure. */
  void add(Figure figure) {
    figures.add(figure);
    changed.run();
  }

  /** Adds a skipped measurement with its reason. */
  void leaveOut(String what) {
    leftOut.add(new GpuReport.LeftOut(part, what));
    changed.run();
  }

  List<Figure> figures() {
    return List.copyOf(figures);
  }

  List<GpuReport.LeftOut> leftOut() {
    return List.copyOf(leftOut);
  }
}
