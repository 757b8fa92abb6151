package dev.phoenix.pipeline;

import dev.phoenix.scoring.Ranking;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ranked posts for one user, best first.
 *
 * @param user [D] the user's unit vector
 * @param items every retrieved post, ranked
 * @param ranking explains the order
 */
public record Feed(float[] user, List<Item> items, Ranking ranking) {
  /**
   * One ranked post.
   *
   * @param rank 1 for the best
   * @param retrievalRank place in retrieval order, from 0
   * @param corpusIndex row in the corpus
   * @param postId 64-bit id, unsigned
   * @param authorId 64-bit id, unsigned
   * @param topic topic; null where the corpus has none
   * @param retrievalScore dot product user · post
   * @param weightedScore score that orders the feed, see {@link
   *     dev.phoenix.scoring.ScoreExplanation}
   * @param probabilities [A] probabilities by action index
   */
  public record Item(
      int rank,
      int retrievalRank,
      int corpusIndex,
      long postId,
      long authorId,
      @Nullable String topic,
      float retrievalScore,
      float weightedScore,
      float[] probabilities) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Item that && Arrays.deepEquals(components(), that.components());
    }

    @Override
    public int hashCode() {
      return Arrays.deepHashCode(components());
    }

    private @Nullable Object[] components() {
      return new @Nullable Object[] {
        rank,
        retrievalRank,
        corpusIndex,
        postId,
        authorId,
        topic,
        retrievalScore,
        weightedScore,
        probabilities
      };
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Feed that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {user, items, ranking};
  }
}
