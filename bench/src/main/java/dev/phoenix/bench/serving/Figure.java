package dev.phoenix.bench.serving;

import java.util.Locale;

/**
 * A measured value and its goal.
 *
 * @param name the name of the value
 * @param value the value; NaN if it could not be measured, which meets no goal
 * @param unit the unit of the value; empty for a count
 * @param goal how the value is compared with the limit
 * @param limit the limit; 0 if there is none
 * @param met whether the goal was met
 */
record Figure(String name, double value, String unit, Goal goal, double limit, boolean met) {
  /** How a value is compared with its limit. */
  enum Goal {
    /** The value must be the limit or less. */
    AT_MOST,
    /** The value must be the limit or more. */
    AT_LEAST,
    /** The value must be the limit. */
    EXACTLY,
    /** No limit: the value describes the conditions of the others. */
    NONE
  }

  private static final double WHOLE_TO = 1e15;

  static Figure atMost(String name, double value, String unit, double limit) {
    return new Figure(name, value, unit, Goal.AT_MOST, limit, value <= limit);
  }

  static Figure atLeast(String name, double value, String unit, double limit) {
    return new Figure(name, value, unit, Goal.AT_LEAST, limit, value >= limit);
  }

  /** A count that must be exactly {@code limit}. */
  static Figure exactly(String name, long value, long limit) {
    return new Figure(name, (double) value, "", Goal.EXACTLY, (double) limit, value == limit);
  }

  /** A value without a goal. */
  static Figure of(String name, double value, String unit) {
    return new Figure(name, value, unit, Goal.NONE, 0, true);
  }

  /** The value with its unit. */
  String valueText() {
    return text(value);
  }

  /** The goal as text; empty without a goal. */
  String goalText() {
    return switch (goal) {
      case AT_MOST -> "at most " + text(limit);
      case AT_LEAST -> "at least " + text(limit);
      case EXACTLY -> text(limit);
      case NONE -> "";
    };
  }

  /** "met", "missed", or empty without a goal. */
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
