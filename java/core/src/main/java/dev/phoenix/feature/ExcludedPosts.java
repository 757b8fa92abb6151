package dev.phoenix.feature;

import java.util.Arrays;
import java.util.stream.LongStream;

/** The ids of posts that a feed must not contain. Id 0 is padding and names no post. */
public final class ExcludedPosts {
  /** No post. */
  public static final ExcludedPosts NONE = new ExcludedPosts(new long[0]);

  private final long[] ids;

  private ExcludedPosts(long[] ids) {
    this.ids = ids;
  }

  /** Excludes {@code ids}, in any order; duplicates are allowed. */
  public static ExcludedPosts of(long... ids) {
    long[] distinct = Arrays.stream(ids).filter(id -> id != 0).sorted().distinct().toArray();
    return distinct.length == 0 ? NONE : new ExcludedPosts(distinct);
  }

  /** These posts and {@code others}. */
  public ExcludedPosts and(ExcludedPosts others) {
    if (others.isEmpty()) {
      return this;
    }
    return isEmpty()
        ? others
        : of(LongStream.concat(Arrays.stream(ids), Arrays.stream(others.ids)).toArray());
  }

  /** Whether the post with this id is excluded. */
  public boolean contains(long postId) {
    return Arrays.binarySearch(ids, postId) >= 0;
  }

  /** How many posts. */
  public int size() {
    return ids.length;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return ids.length == 0;
  }

  /** The ids, each once, in ascending order. */
  public LongStream ids() {
    return Arrays.stream(ids);
  }
}
