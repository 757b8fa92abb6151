package dev.phoenix.dataset;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The posts of a dataset in ascending order of their ids. Other classes refer to a post by its
 * index in the catalogue.
 *
 * @param postIds [N] 64-bit ids, never 0, ascending
 * @param authorIds [N] 64-bit ids; 0 where unknown
 * @param createdSeconds [N] creation times in seconds since the epoch; empty if unknown
 * @param topics [N] or empty
 * @param titles [N] or empty
 */
public record Catalog(
    long[] postIds,
    long[] authorIds,
    long[] createdSeconds,
    List<String> topics,
    List<String> titles) {
  /** Keeps copies of the lists. */
  public Catalog {
    topics = List.copyOf(topics);
    titles = List.copyOf(titles);
    int count = postIds.length;
    boolean fits =
        authorIds.length == count
            && (createdSeconds.length == 0 || createdSeconds.length == count)
            && (topics.isEmpty() || topics.size() == count)
            && (titles.isEmpty() || titles.size() == count);
    if (!fits) {
      throw new IllegalArgumentException(
          "%d post ids, %d author ids, %d creation times, %d topics, %d titles"
              .formatted(
                  count, authorIds.length, createdSeconds.length, topics.size(), titles.size()));
    }
  }

  /** N. */
  public int size() {
    return postIds.length;
  }

  /** The creation time of post {@code post}; 0 if unknown. */
  public long created(int post) {
    return createdSeconds.length == 0 ? 0 : createdSeconds[post];
  }

  /** A human-readable name of a post: its title, else its topic, else its id. */
  public String describe(int post) {
    if (!titles.isEmpty()) {
      return titles.get(post);
    }
    return topics.isEmpty() ? Long.toUnsignedString(postIds[post]) : topics.get(post);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Catalog that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {postIds, authorIds, createdSeconds, topics, titles};
  }
}
