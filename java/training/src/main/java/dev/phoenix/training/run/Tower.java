package dev.phoenix.training.run;

import java.util.Locale;

/** How a post becomes a vector. Source: docs/model.md#6-retrieval. */
public enum Tower {
  /** The mean of its embedding rows, which are those that histories are read with. */
  MEAN,
  /** Two projections of them. */
  MLP;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
