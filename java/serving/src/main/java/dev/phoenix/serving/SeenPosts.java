package dev.phoenix.serving;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The posts of a whole history.
 *
 * @param ids 64-bit post ids, in the order of events
 */
public record SeenPosts(long[] ids) {
  /** No posts. */
  static final SeenPosts NONE = new SeenPosts(new long[0]);

  long bytes() {
    return (long) ids.length * Long.BYTES;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SeenPosts that && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }
}
