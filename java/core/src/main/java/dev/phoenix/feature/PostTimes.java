package dev.phoenix.feature;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * When candidates are shown, and when they were created as far as anyone says so. Of the others an
 * id may tell it, see {@link PostAge#created}.
 *
 * @param impressionSeconds seconds since the epoch; 0 where the candidates have no age
 * @param createdSeconds candidate by candidate; 0 where unknown, as of all behind the end
 */
public record PostTimes(long impressionSeconds, long[] createdSeconds) {
  /** No candidate has an age. */
  public static final PostTimes UNKNOWN = new PostTimes(0, new long[0]);

  /**
   * The age bucket of candidate {@code i}.
   *
   * @param granularityMinutes the width of a bucket
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
