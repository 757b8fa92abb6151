package dev.phoenix.corpus;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What was found for one user, best first.
 *
 * @param positions in the snapshot that was searched
 * @param scores user · post, index by index
 */
public record Hits(int[] positions, float[] scores) {
  public Hits {
    if (positions.length != scores.length) {
      throw new IllegalArgumentException(
          "%d positions, %d scores".formatted(positions.length, scores.length));
    }
  }

  /** The first {@code k} of these, or all if there are fewer. */
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
