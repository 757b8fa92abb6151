package dev.phoenix.scoring;

import java.util.Arrays;

/** The authors of a list of posts, numbered from 0 in the order in which they appear. */
final class AuthorNumbers {
  /** The number of author 0, which stands for an unknown author. */
  static final int UNKNOWN = -1;

  private static final long HASH_FACTOR = 0x9E3779B97F4A7C15L;

  private final int[] numbers;

  /** Numbers the authors of {@code authorIds}, given by post. */
  AuthorNumbers(long[] authorIds) {
    // An open hash table of post indices, at most half full.
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(2 * authorIds.length + 1);
    int[] firstPosts = new int[1 << bits];
    Arrays.fill(firstPosts, -1);
    this.numbers = new int[authorIds.length];
    int authors = 0;
    for (int post = 0; post < authorIds.length; post++) {
      long author = authorIds[post];
      if (author == 0) {
        numbers[post] = UNKNOWN;
        continue;
      }
      int slot = (int) ((author * HASH_FACTOR) >>> (Long.SIZE - bits));
      while (firstPosts[slot] >= 0 && authorIds[firstPosts[slot]] != author) {
        slot = (slot + 1) & (firstPosts.length - 1);
      }
      if (firstPosts[slot] < 0) {
        firstPosts[slot] = post;
        numbers[post] = authors++;
      } else {
        numbers[post] = numbers[firstPosts[slot]];
      }
    }
  }

  /** The number of a post's author. */
  int of(int post) {
    return numbers[post];
  }
}
