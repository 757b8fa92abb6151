package dev.phoenix.training;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A training batch of the two towers: users, candidates and negatives. Source:
 * docs/model.md#9-training.
 *
 * <p>The loss of each positive of a query is its negative log probability among itself, the
 * candidates of all other users, all global negatives, and the hard negatives of the query. A
 * candidate that is neither a positive nor a hard negative is a negative for other users only. A
 * post that occurs several times is encoded once.
 *
 * @param histories B users
 * @param queries Q user vectors; {@link Queries#whole} for one per user
 * @param candidateOffsets [Q + 1] query q owns candidates {@code candidateOffsets[q]} to {@code
 *     candidateOffsets[q + 1]} (exclusive)
 * @param candidates the candidates of all queries
 * @param positive whether a candidate is a positive of its query
 * @param hardNegative whether a candidate is a hard negative of its query
 * @param globalNegatives the sampled global negatives, shared by all users
 */
public record RetrievalBatch(
    HistoryBatch histories,
    Queries queries,
    int[] candidateOffsets,
    PostRows candidates,
    boolean[] positive,
    boolean[] hardNegative,
    PostRows globalNegatives) {
  public RetrievalBatch {
    Sizes.require("candidate offsets", queries.count() + 1L, candidateOffsets.length);
    Sizes.requireOffsets("candidate offsets", candidateOffsets, candidates.count());
    Sizes.require("positive", candidates.count(), positive.length);
    Sizes.require("hard negative", candidates.count(), hardNegative.length);
    for (int q = 0; q < queries.count(); q++) {
      int user = queries.user()[q];
      if (user < 0 || user >= histories.users()) {
        throw new IllegalArgumentException(
            "query %d: expected a user from 0 to %d, found %d"
                .formatted(q, histories.users() - 1, user));
      }
      if (queries.length()[q] < 0 || queries.length()[q] > histories.length(user)) {
        throw new IllegalArgumentException(
            "query %d: expected at most the %d posts of user %d, found %d"
                .formatted(q, histories.length(user), user, queries.length()[q]));
      }
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RetrievalBatch that
        && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {
      histories, queries, candidateOffsets, candidates, positive, hardNegative, globalNegatives
    };
  }
}
