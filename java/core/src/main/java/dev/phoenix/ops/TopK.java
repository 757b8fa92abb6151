package dev.phoenix.ops;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The best corpus entries of every user of a batch, in descending order of score, ties by lower
 * index.
 *
 * @param users B
 * @param k entries per user: min(K, N)
 * @param indices [B, k]
 * @param scores [B, k]
 */
public record TopK(int users, int k, int[] indices, float[] scores) {
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TopK that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {users, k, indices, scores};
  }
}
