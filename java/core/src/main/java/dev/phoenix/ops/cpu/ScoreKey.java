package dev.phoenix.ops.cpu;

/**
 * Packs a score and a corpus index into one long. A larger key is a better result: higher score,
 * then lower index. Zeros are equal whatever their sign; NaN is worse than every number.
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

  /** The score of a key; -0 is returned as 0. */
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
