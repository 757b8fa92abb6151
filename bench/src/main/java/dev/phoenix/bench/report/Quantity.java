package dev.phoenix.bench.report;

import java.util.Locale;

/**
 * A value with its unit.
 *
 * @param value the value; NaN if it could not be measured
 * @param unit the unit; empty for a count
 */
public record Quantity(double value, String unit) {
  private static final double WHOLE_TO = 1e15;

  /** The value to three digits, or all of a whole number, and its unit. */
  public String text() {
    if (Double.isNaN(value)) {
      return "not measured";
    }
    double size = Math.abs(value);
    boolean whole = value == Math.rint(value) && size < WHOLE_TO;
    return format(whole || size >= 1000 ? "%,.0f" : size < 10 ? "%.2f" : "%.1f");
  }

  /** The value to three digits as a rate, with its unit. */
  public String rateText() {
    return format(value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f");
  }

  private String format(String digits) {
    String space = unit.isEmpty() || unit.equals("%") ? "" : " ";
    return String.format(Locale.ROOT, digits, value) + space + unit;
  }

  /** A time in ns, µs, ms or s. */
  static String time(double seconds) {
    if (seconds < 1e-6) {
      return String.format(Locale.ROOT, "%.0f ns", seconds * 1e9);
    }
    if (seconds < 1e-3) {
      return String.format(Locale.ROOT, "%.1f µs", seconds * 1e6);
    }
    return seconds < 1
        ? String.format(Locale.ROOT, "%.2f ms", seconds * 1e3)
        : String.format(Locale.ROOT, "%.2f s", seconds);
  }
}
