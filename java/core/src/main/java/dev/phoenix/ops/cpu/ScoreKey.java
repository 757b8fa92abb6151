package dev.phoenix.ops.cpu;

/**
 * A score and a corpus index in one long whose signed order is the order of results: higher score
 * first, then lower index. Zeros are equal whatever their sign; NaN comes after everything.
 */
final class ScoreKey {
  /** Below every key. */
  static final long NONE = Long.MIN_VALUE;

  private ScoreKey() {}

  static long of(float score, int index) {
    return (long) order(score) << 32 | (0xFFFFFFFFL - Integer.toUnsignedLong(index));
  }

  static int index(long key) {
    return ~(int) key;
  }

  /** The score of a key; -0 has become 0 and NaN is NaN again. */
  static float score(long key) {
    int order = (int) (key >> 32);
    if (order == Integer.MIN_VALUE) {
      return Float.NaN;
    }
    return Float.intBitsToFloat(order ^ (order >> 31 & Integer.MAX_VALUE));
  }

  private static int order(float score) {
    if (Float.isNaN(score)) {
      return Integer.MIN_VALUE;
    }
    int bits = Float.floatToRawIntBits(score + 0f);
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }
}
