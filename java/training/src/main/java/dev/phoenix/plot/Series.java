package dev.phoenix.plot;

import java.util.List;

/**
 * Points that belong together.
 *
 * @param name the name in the legend; empty for none
 * @param colour a CSS colour
 * @param mark whether the points are joined or drawn each by itself
 * @param points the points, in order of x if they are joined
 */
public record Series(String name, String colour, Mark mark, List<Point> points) {
  /** What is drawn of a series. */
  public enum Mark {
    /** A line through the points. */
    LINE,
    /** A numbered dot at each point, whose name a browser shows as a tooltip. */
    DOTS
  }

  /** A point; its name is shown at dots only. */
  public record Point(double x, double y, String name) {
    /** A point without a name. */
    public static Point of(double x, double y) {
      return new Point(x, y, "");
    }
  }

  /** Copies the points. */
  public Series {
    points = List.copyOf(points);
  }

  /** A line through {@code points}. */
  public static Series line(String name, String colour, List<Point> points) {
    return new Series(name, colour, Mark.LINE, points);
  }

  /** Numbered dots. */
  public static Series dots(String colour, List<Point> points) {
    return new Series("", colour, Mark.DOTS, points);
  }
}
