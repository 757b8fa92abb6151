package dev.phoenix.scoring;

/** Range checks for scoring options. */
final class Checks {
  private Checks() {}

  /** Refuses a number that is not from 0 to 1. */
  static void requireShare(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(
          "%s: expected a number from 0 to 1, found %s".formatted(name, value));
    }
  }

  /** Refuses a whole number outside a range. */
  static void requireRange(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s: expected a whole number from %d to %d, found %d".formatted(name, min, max, value));
    }
  }
}
