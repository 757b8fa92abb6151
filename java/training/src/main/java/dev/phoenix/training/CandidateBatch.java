package dev.phoenix.training;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Candidates to rank in a ragged batch: only valid candidates have rows.
 *
 * @param offsets [B + 1] user b owns candidates {@code offsets[b]} to {@code offsets[b + 1]}
 *     (exclusive); the i-th of them has the position of slot i modulo C
 * @param posts Q posts, of all users
 * @param surfaces [Q] product surfaces
 * @param ageBuckets [Q] post age buckets (docs/model.md#3-features); 0 where the age is unknown
 */
public record CandidateBatch(int[] offsets, PostRows posts, int[] surfaces, int[] ageBuckets) {
  public CandidateBatch {
    Sizes.requireOffsets("candidate offsets", offsets, posts.count());
    Sizes.require("candidate surfaces", posts.count(), surfaces.length);
    Sizes.require("candidate age buckets", posts.count(), ageBuckets.length);
  }

  /** Candidates of user {@code user}. */
  public int length(int user) {
    return offsets[user + 1] - offsets[user];
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CandidateBatch that
        && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {offsets, posts, surfaces, ageBuckets};
  }
}
