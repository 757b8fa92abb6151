package dev.phoenix.bench.serving;

import java.util.Locale;

/**
 * One number, what it has to be, and whether it is.
 *
 * @param name what was measured
 * @param value found; NaN where nothing could be measured, which meets no goal
 * @param unit of the value; empty for a count
 * @param goal how the value is held against the limit
 * @param limit to be reached; 0 where there is none
 * @param met whether it was
 */
record Figure(String name, double value, String unit, Goal goal, double limit, boolean met) {
  /** How a value is held against its limit. */
  enum Goal {
    /** The value is the limit or less. */
    AT_MOST,
    /** The value is the limit or more. */
    AT_LEAST,
    /** The value is the limit. */
    EXACTLY,
    /** There is no limit: the value says under which circumstances the others were found. */
    NONE
  }

  private static final double WHOLE_TO = 1e15;

  static Figure atMost(String name, double value, String unit, double limit) {
    return new Figure(name, value, unit, Goal.AT_MOST, limit, value <= limit);
  }

  static Figure atLeast(String name, double value, String unit, double limit) {
    return new Figure(name, value, unit, Goal.AT_LEAST, limit, value >= limit);
  }

  /** A count that has to be exactly {@code limit}. */
  static Figure exactly(String name, long value, long limit) {
    return new Figure(name, (double) value, "", Goal.EXACTLY, (double) limit, value == limit);
  }

  /** A value that explains others. */
  static Figure of(String name, double value, String unit) {
    return new Figure(name, value, unit, Goal.NONE, 0, true);
  }

  /** The value with its unit. */
  String valueText() {
    return text(value);
  }

  /** What had to be reached; empty where nothing had. */
  String goalText() {
    return switch (goal) {
      case AT_MOST -> "at most " + text(limit);
      case AT_LEAST -> "at least " + text(limit);
      case EXACTLY -> text(limit);
      case NONE -> "";
    };
  }

  /** "met", "missed", or nothing where there is no goal. */
  String verdict() {
    return goal == Goal.NONE ? "" : met ? "met" : "missed";
  }

  private String text(double number) {
    String digits;
    if (Double.isNaN(number)) {
      return "not measured";
    } else if (number == Math.rint(number) && Math.abs(number) < WHOLE_TO) {
      digits = String.format(Locale.ROOT, "%,.0f", number);
    } else {
      double size = Math.abs(number);
      digits =
          String.format(Locale.ROOT, size < 10 ? "%.2f" : size < 1000 ? "%.1f" : "%,.0f", number);
    }
    return unit.isEmpty() ? digits : digits + (unit.equals("%") ? "" : " ") + unit;
  }
}
