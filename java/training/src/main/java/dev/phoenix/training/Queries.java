package dev.phoenix.training;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The user vectors that a retrieval batch is trained on. The transformer is causal and a user
 * vector is a mean over rows or the last of them, so one pass over a history gives the vector of
 * every prefix of it: the vector of query q is that of user {@code user[q]} with the first {@code
 * length[q]} posts of the history alone. Training on every position of a sequence costs one pass.
 *
 * @param user [Q] indices into the histories, ascending
 * @param length [Q] history posts seen, ascending within a user; 0 is the user's token alone
 */
public record Queries(int[] user, int[] length) {
  public Queries {
    Sizes.require("query lengths", user.length, length.length);
    for (int q = 1; q < user.length; q++) {
      if (user[q] < user[q - 1] || (user[q] == user[q - 1] && length[q] < length[q - 1])) {
        throw new IllegalArgumentException(
            "queries: expected users ascending and lengths ascending within a user; query "
                + q
                + " comes before the one in front of it");
      }
    }
  }

  /** One query for each user of {@code histories}: the whole history. */
  public static Queries whole(HistoryBatch histories) {
    int[] user = new int[histories.users()];
    int[] length = new int[histories.users()];
    for (int b = 0; b < user.length; b++) {
      user[b] = b;
      length[b] = histories.length(b);
    }
    return new Queries(user, length);
  }

  /** Q. */
  public int count() {
    return user.length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Queries that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {user, length};
  }
}
