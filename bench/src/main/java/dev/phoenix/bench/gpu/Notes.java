package dev.phoenix.bench.gpu;

import java.util.ArrayList;
import java.util.List;

/**
 * What a part has measured and what it has left out, passed on at once: a process that is stopped
 * leaves what it had.
 */
final class Notes {
  private final Part part;
  private final Runnable changed;
  private final List<Figure> figures = new ArrayList<>();
  private final List<GpuReport.LeftOut> leftOut = new ArrayList<>();

  /**
   * Notes of a part.
   *
   * @param changed is run after every note
   */
  Notes(Part part, Runnable changed) {
    this.part = part;
    this.changed = changed;
  }

  /** A figure. */
  void add(Figure figure) {
    figures.add(figure);
    changed.run();
  }

  /** Something that was not measured, and why. */
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
