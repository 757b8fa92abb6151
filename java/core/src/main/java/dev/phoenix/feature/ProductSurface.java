package dev.phoenix.feature;

/**
 * Maps product surfaces to table rows. A surface outside the model's vocabulary adds a row of
 * zeros, which is not row 0. Source: docs/model.md#3-features.
 */
public final class ProductSurface {
  private ProductSurface() {}

  /**
   * The row of {@code surface} in a table of {@code vocabulary} rows followed by a row of zeros.
   */
  public static int row(int surface, int vocabulary) {
    return surface >= 0 && surface < vocabulary ? surface : vocabulary;
  }

  /**
   * Narrows {@code surface} to an int; -1, which is outside every vocabulary, where it does not
   * fit.
   */
  public static int of(long surface) {
    return surface >= 0 && surface < Integer.MAX_VALUE ? (int) surface : -1;
  }
}
