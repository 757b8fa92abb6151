package dev.phoenix.ops;

import org.jspecify.annotations.Nullable;

/**
 * What to look for in a corpus.
 *
 * @param users [B, D] dense
 * @param count B
 * @param mask bit i of word i / 64 is set where entry i may be retrieved; null where all may.
 *     Masked entries score {@code -1e12}, so they come last, if at all
 * @param k how many per user; more than N returns N
 */
public record TopKQuery(float[] users, int count, long @Nullable [] mask, int k) {
  public TopKQuery {
    if (count < 0 || k < 0) {
      throw new IllegalArgumentException(
          "users and k must be at least 0, found %d and %d".formatted(count, k));
    }
  }

  /** A query for which every entry may be retrieved. */
  public static TopKQuery unmasked(float[] users, int count, int k) {
    return new TopKQuery(users, count, null, k);
  }

  /** A mask's words from one flag per entry. */
  public static long[] maskOf(boolean[] retrievable) {
    long[] words = new long[(retrievable.length + Long.SIZE - 1) / Long.SIZE];
    for (int i = 0; i < retrievable.length; i++) {
      if (retrievable[i]) {
        words[i / Long.SIZE] |= 1L << i;
      }
    }
    return words;
  }
}
