package dev.phoenix.training;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Users and their histories in a ragged batch: only valid positions have rows, oldest first, at
 * most S per user. The sequence position of a post is its index in the user's history.
 *
 * @param users B
 * @param userRows [B, U] rows of the combined embedding table; a user whose first row is 0 has no
 *     token
 * @param offsets [B + 1] user b owns posts {@code offsets[b]} to {@code offsets[b + 1]} (exclusive)
 * @param posts P posts, of all users
 * @param actions [P, A] 1 where an action happened, 0 else
 * @param surfaces [P] product surfaces
 * @param dwellSeconds [P] dwell times, 0 when absent; empty if there are none. Only a ranker reads
 *     them
 */
public record HistoryBatch(
    int users,
    int[] userRows,
    int[] offsets,
    PostRows posts,
    float[] actions,
    int[] surfaces,
    float[] dwellSeconds) {
  public HistoryBatch {
    Sizes.require("history offsets", users + 1L, offsets.length);
    Sizes.requireOffsets("history offsets", offsets, posts.count());
    Sizes.require("history surfaces", posts.count(), surfaces.length);
    if (dwellSeconds.length != 0) {
      Sizes.require("history dwell times", posts.count(), dwellSeconds.length);
    }
  }

  /** History posts of user {@code user}. */
  public int length(int user) {
    return offsets[user + 1] - offsets[user];
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HistoryBatch that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {users, userRows, offsets, posts, actions, surfaces, dwellSeconds};
  }
}
