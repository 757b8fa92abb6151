package dev.phoenix.bench;

/** The L2 norm of a difference over the L2 norm of what was expected. */
public final class RelativeError {
  private RelativeError() {}

  /** |found - expected| / |expected|; |found| if expected is zero. */
  public static double of(float[] found, float[] expected) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) found[i] - expected[i], 2);
      length += Math.pow(expected[i], 2);
    }
    return Math.sqrt(length == 0 ? difference : difference / length);
  }
}
