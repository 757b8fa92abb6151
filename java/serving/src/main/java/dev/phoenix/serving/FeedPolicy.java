package dev.phoenix.serving;

import dev.phoenix.ranking.ActionTaxonomy;
import dev.phoenix.ranking.ScoreWeights;
import dev.phoenix.serving.ServingResponse.Scores;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How scores become a feed, and what action indices mean.
 *
 * @param taxonomy of the model's actions
 * @param weights of the probabilities in the score that posts are ordered by
 * @param defaultTopK posts to retrieve where a request does not say how many
 */
public record FeedPolicy(ActionTaxonomy taxonomy, ScoreWeights weights, int defaultTopK) {
  /** The published pipeline's. */
  public static final FeedPolicy DEFAULT =
      new FeedPolicy(ActionTaxonomy.ENUM, ScoreWeights.DEFAULT, 200);

  /**
   * Posts as they are shown.
   *
   * @param order indices into the response, best first; ties in the order of retrieval
   * @param scores the weighted score of every post, by index in the response
   */
  public record Ranking(int[] order, float[] scores) {}

  /**
   * Checks that a model of {@code actions} actions has all that are weighted.
   *
   * @throws IllegalArgumentException naming the one that it has not
   */
  public void require(int actions) {
    var _ = weights.bind(taxonomy, actions);
  }

  /** The order of ranked posts. */
  public Ranking rank(Scores scores) {
    ScoreWeights.Bound bound = weights.bind(taxonomy, scores.actions());
    int count = scores.probabilities().length / scores.actions();
    float[] weighted = new float[count];
    for (int i = 0; i < count; i++) {
      int at = i * scores.actions();
      weighted[i] =
          bound.score(Arrays.copyOfRange(scores.probabilities(), at, at + scores.actions()));
    }
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -weighted[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    return new Ranking(order, weighted);
  }

  /**
   * The index in the model of an action given by its number in the action enum; -1 where the
   * taxonomy does not have it. In the taxonomy {@code enum} the number is the index; {@code runner}
   * has the same actions under indices of its own.
   */
  public int actionIndex(int number) {
    if (taxonomy == ActionTaxonomy.ENUM) {
      return number;
    }
    String name = ActionTaxonomy.ENUM.name(number);
    for (int index = 0; index < RUNNER_ACTIONS; index++) {
      if (taxonomy.name(index).equals(name)) {
        return index;
      }
    }
    return -1;
  }

  private static final int RUNNER_ACTIONS = 19;
}
