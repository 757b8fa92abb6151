package dev.phoenix.pipeline;

import dev.phoenix.scoring.Ranking;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one user is shown, best first.
 *
 * @param user [D] the user's unit vector
 * @param items every retrieved post, ranked
 * @param ranking how the order came about, place by place
 */
public record Feed(float[] user, List<Item> items, Ranking ranking) {
  /**
   * One ranked post.
   *
   * @param rank 1 for the best
   * @param retrievalRank its place among the retrieved, from 0
   * @param corpusIndex its place in the corpus
   * @param postId 64-bit id, unsigned
   * @param authorId 64-bit id, unsigned
   * @param topic its topic; null where the corpus names none
   * @param retrievalScore user · post
   * @param weightedScore what it is ranked by, see {@link dev.phoenix.scoring.ScoreExplanation}
   * @param probabilities [A] by action index
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
