package dev.phoenix.training.run;

import dev.phoenix.training.NumberRange;

/**
 * What is chosen of a model; the rest follows from the data.
 *
 * @param dimension D
 * @param layers L
 * @param heads H, query heads
 * @param history S
 * @param candidates C
 */
public record ModelSize(int dimension, int layers, int heads, int history, int candidates) {
  /** D. */
  public static final NumberRange DIMENSIONS = NumberRange.of(8, 1 << 14);

  /** L and H. */
  public static final NumberRange COUNTS = NumberRange.of(1, 1 << 10);

  /** S and C. */
  public static final NumberRange LENGTHS = NumberRange.of(1, 1 << 16);

  public ModelSize {
    DIMENSIONS.require("dimension", dimension);
    COUNTS.require("layers", layers);
    COUNTS.require("heads", heads);
    LENGTHS.require("history", history);
    LENGTHS.require("candidates", candidates);
  }

  /**
   * Refuses heads that do not divide the dimension into even parts, where their size follows from
   * it.
   *
   * @param name of the setting
   */
  public static void requireHeads(String name, int dimension, int heads) {
    if (dimension % (2 * heads) != 0) {
      throw new IllegalArgumentException(
          "%s: expected a number that divides the dimension %d into even parts, found %d"
              .formatted(name, dimension, heads));
    }
  }
}
