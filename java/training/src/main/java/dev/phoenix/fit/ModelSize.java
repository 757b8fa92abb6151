package dev.phoenix.fit;

/**
 * What is chosen of a model; the rest follows from the data.
 *
 * @param dimension D
 * @param layers L
 * @param heads H = G; divides D into heads of an even size
 * @param history S
 * @param candidates C
 */
public record ModelSize(int dimension, int layers, int heads, int history, int candidates) {
  public ModelSize {
    require("dimension", dimension, 8, 1 << 14);
    require("layers", layers, 1, 1 << 10);
    require("heads", heads, 1, 1 << 10);
    require("history", history, 1, 1 << 16);
    require("candidates", candidates, 1, 1 << 16);
    if (dimension % (2 * heads) != 0) {
      throw new IllegalArgumentException(
          "heads: expected a number that divides the dimension %d into even parts, found %d"
              .formatted(dimension, heads));
    }
  }

  private static void require(String what, int found, int min, int max) {
    if (found < min || found > max) {
      throw new IllegalArgumentException(
          "%s: expected %d to %d, found %d".formatted(what, min, max, found));
    }
  }
}
