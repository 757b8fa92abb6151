package dev.phoenix.corpus;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The posts found for one user, best first.
 *
 * @param positions positions in the searched snapshot
 * @param scores dot products user · post, by hit
 */
public record Hits(int[] positions, float[] scores) {
  public Hits {
    if (positions.length != scores.length) {
      throw new IllegalArgumentException(
          "%d positions, %d scores".formatted(positions.length, scores.length));
    }
  }

  /** The first {@code k} hits, or all if there are fewer. */
  public Hits first(int k) {
    return k >= positions.length
        ? this
        : new Hits(Arrays.copyOf(positions, k), Arrays.copyOf(scores, k));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Hits that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {positions, scores};
  }
}
