package dev.phoenix.feature;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The impression time of a request and the known creation times of its candidates. {@link
 * PostAge#created} derives unknown creation times from snowflake ids.
 *
 * @param impressionSeconds seconds since the epoch; 0 if unknown: then no candidate has an age
 * @param createdSeconds seconds since the epoch by candidate; 0 where unknown; candidates past the
 *     end are unknown
 */
public record PostTimes(long impressionSeconds, long[] createdSeconds) {
  /** No candidate has an age. */
  public static final PostTimes UNKNOWN = new PostTimes(0, new long[0]);

  /**
   * The age bucket of candidate {@code i}.
   *
   * @param granularityMinutes the width of a bucket in minutes
   */
  public int bucket(int i, long postId, int granularityMinutes) {
    long known = i < createdSeconds.length ? createdSeconds[i] : 0;
    return PostAge.bucket(
        impressionSeconds, PostAge.created(postId, known, impressionSeconds), granularityMinutes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PostTimes that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {impressionSeconds, createdSeconds};
  }
}
