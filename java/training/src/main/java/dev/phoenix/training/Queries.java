package dev.phoenix.training;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The user vectors that a retrieval batch is trained on. Query q is user {@code user[q]} with only
 * the first {@code length[q]} posts of the history. The transformer is causal and a user vector is
 * the mean or the last of its rows, so one pass over a history gives the vectors of all its
 * prefixes: training on every position of a sequence costs one pass.
 *
 * @param user [Q] indices into the histories, ascending
 * @param length [Q] history posts of the query, ascending within a user; 0 is the user token alone
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

  /** One query per user, with the whole history. */
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
