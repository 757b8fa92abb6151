package dev.phoenix.training;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Posts as rows of the combined embedding table (docs/model.md#2-hashing). There is no padding:
 * every post's hash 0 is not zero.
 *
 * @param count N
 * @param rows [N, I + W] I rows of a post, then W rows of its author
 */
public record PostRows(int count, int[] rows) {
  /** No posts. */
  public static final PostRows NONE = new PostRows(0, new int[0]);

  public PostRows {
    if (count < 0 || (count == 0 ? rows.length != 0 : rows.length % count != 0)) {
      throw new IllegalArgumentException(
          "post rows: %d values are not those of %d posts".formatted(rows.length, count));
    }
  }

  /** I + W; 0 if there are no posts. */
  public int hashes() {
    return count == 0 ? 0 : rows.length / count;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PostRows that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {count, rows};
  }
}
