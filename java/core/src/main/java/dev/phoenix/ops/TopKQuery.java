package dev.phoenix.ops;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A search for the best corpus entries of a batch of users.
 *
 * @param users [B, D] dense
 * @param count B
 * @param mask bit i of word i / 64 is set where entry i may be retrieved; null where all may.
 *     Masked entries score {@link #MASKED_SCORE}, so they come last, if at all
 * @param k entries per user; at most N are returned
 * @param hidden [B] entries that are masked for one user, by user, each list in ascending order;
 *     empty if no user has any
 */
public record TopKQuery(float[] users, int count, long @Nullable [] mask, int k, int[][] hidden) {
  /** The score of masked entries. */
  public static final float MASKED_SCORE = -1e12f;

  private static final int[][] NOTHING = {};
  private static final int[] NO_ENTRIES = {};

  // A compact constructor would lose the annotation of the mask in the class file.
  public TopKQuery(float[] users, int count, long @Nullable [] mask, int k, int[][] hidden) {
    if (hidden.length != 0 && hidden.length != count) {
      throw new IllegalArgumentException(
          "%d users, hidden entries of %d".formatted(count, hidden.length));
    }
    if (count < 0 || k < 0) {
      throw new IllegalArgumentException(
          "users and k must be at least 0, found %d and %d".formatted(count, k));
    }
    this.users = users;
    this.count = count;
    this.mask = mask;
    this.k = k;
    this.hidden = hidden;
  }

  /** A query with the same mask for all users. */
  public TopKQuery(float[] users, int count, long @Nullable [] mask, int k) {
    this(users, count, mask, k, NOTHING);
  }

  /** The entries masked for one user, in ascending order. */
  public int[] hidden(int user) {
    return hidden.length == 0 ? NO_ENTRIES : hidden[user];
  }

  /** Whether an entry is masked for a single user. */
  public boolean hides() {
    return Arrays.stream(hidden).anyMatch(entries -> entries.length > 0);
  }

  /** A query for which every entry may be retrieved. */
  public static TopKQuery unmasked(float[] users, int count, int k) {
    return new TopKQuery(users, count, null, k);
  }

  /** Packs one flag per entry into the words of a mask. */
  public static long[] maskOf(boolean[] retrievable) {
    long[] words = new long[(retrievable.length + Long.SIZE - 1) / Long.SIZE];
    for (int i = 0; i < retrievable.length; i++) {
      if (retrievable[i]) {
        words[i / Long.SIZE] |= 1L << i;
      }
    }
    return words;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TopKQuery that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private @Nullable Object[] components() {
    return new @Nullable Object[] {users, count, mask, k, hidden};
  }
}
