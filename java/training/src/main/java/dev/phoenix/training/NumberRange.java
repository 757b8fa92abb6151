package dev.phoenix.training;

import java.math.BigDecimal;

/**
 * The valid values of a setting. No range contains NaN.
 *
 * @param min the smallest value
 * @param max the largest value; may be infinite
 * @param open the end that is excluded
 */
public record NumberRange(double min, double max, OpenEnd open) {
  /** The excluded end of a range. */
  public enum OpenEnd {
    /** Both ends are included. */
    NEITHER,
    /** The smallest value is excluded. */
    MIN,
    /** The largest value is excluded. */
    MAX
  }

  public NumberRange {
    if (!(min <= max)) {
      throw new IllegalArgumentException(
          "expected a range from small to large, found %s to %s".formatted(min, max));
    }
  }

  /** From {@code min} to {@code max}, both included. */
  public static NumberRange of(double min, double max) {
    return new NumberRange(min, max, OpenEnd.NEITHER);
  }

  /** Above {@code min}, at most {@code max}. */
  public static NumberRange above(double min, double max) {
    return new NumberRange(min, max, OpenEnd.MIN);
  }

  /** From {@code min}, below {@code max}. */
  public static NumberRange below(double min, double max) {
    return new NumberRange(min, max, OpenEnd.MAX);
  }

  /** Whether {@code value} lies in the range. */
  public boolean contains(double value) {
    return value >= min
        && value <= max
        && !(open == OpenEnd.MIN && value == min)
        && !(open == OpenEnd.MAX && value == max);
  }

  /**
   * Returns {@code found} if it lies in the range.
   *
   * @param name name of the setting
   * @throws IllegalArgumentException naming the setting, the range and the value
   */
  public double require(String name, double found) {
    if (!contains(found)) {
      throw refuse(name, "a number", text(found));
    }
    return found;
  }

  /** {@link #require(String, double)} for whole numbers. */
  public long require(String name, long found) {
    if (!contains((double) found)) {
      throw refuse(name, "an integer", Long.toString(found));
    }
    return found;
  }

  private IllegalArgumentException refuse(String name, String kind, String found) {
    return new IllegalArgumentException(
        "%s: expected %s %s, found %s".formatted(name, kind, this, found));
  }

  /** For instance {@code from 1 to 16384} or {@code above 0, at most 1}. */
  @Override
  public String toString() {
    return switch (open) {
      case NEITHER -> "from %s to %s".formatted(text(min), text(max));
      case MIN -> "above %s, at most %s".formatted(text(min), text(max));
      case MAX -> "from %s, below %s".formatted(text(min), text(max));
    };
  }

  private static String text(double value) {
    if (!Double.isFinite(value) || Math.abs(value) >= 1e15) {
      return Double.toString(value);
    }
    BigDecimal exact = BigDecimal.valueOf(value);
    return exact.signum() == 0 ? "0" : exact.stripTrailingZeros().toPlainString();
  }
}
