package dev.phoenix.feature;

/**
 * Numbers of product surfaces. A number outside the model's vocabulary is a surface that the model
 * knows nothing of: it adds a row of zeros, which is not row 0. Source: docs/model.md#3-features.
 */
public final class ProductSurface {
  private ProductSurface() {}

  /**
   * The row of {@code surface} in a table of {@code vocabulary} surfaces behind which a row of
   * zeros lies.
   */
  public static int row(int surface, int vocabulary) {
    return surface >= 0 && surface < vocabulary ? surface : vocabulary;
  }

  /** A number of 64 bits as an int; one that does not fit stays outside every vocabulary. */
  public static int of(long surface) {
    return surface >= 0 && surface < Integer.MAX_VALUE ? (int) surface : -1;
  }
}
