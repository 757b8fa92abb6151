package dev.phoenix.evaluation;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where the post that a user took stands among all posts, for many users. Every metric of no users
 * is NaN, and so is one with a rank of NaN among its own.
 *
 * @param ranks posts that score higher, and half of those that score the same, a user; infinite for
 *     a post that is not ranked, NaN where scores are not numbers
 */
public record RankMetrics(double[] ranks) {
  /** The users. */
  public int users() {
    return ranks.length;
  }

  /** The share of users whose post is among the {@code k} best; with one post a user, recall. */
  public double hitRate(int k) {
    return mean(rank -> rank < k ? 1 : 0);
  }

  /** Normalised discounted cumulative gain at {@code k}: 1 / log2(rank + 2) for a hit, else 0. */
  public double ndcg(int k) {
    return mean(rank -> rank < k ? Math.log(2) / Math.log(rank + 2) : 0);
  }

  /** The mean of 1 / (rank + 1). */
  public double meanReciprocalRank() {
    return mean(rank -> 1 / (rank + 1));
  }

  private double mean(DoubleUnaryOperator gain) {
    return Arrays.stream(ranks)
        .map(rank -> Double.isNaN(rank) ? Double.NaN : gain.applyAsDouble(rank))
        .average()
        .orElse(Double.NaN);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RankMetrics that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {ranks};
  }
}
