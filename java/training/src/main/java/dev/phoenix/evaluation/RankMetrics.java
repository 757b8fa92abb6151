package dev.phoenix.evaluation;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The ranks of the users' target posts among all posts. Metrics are NaN without users or if a rank
 * is NaN.
 *
 * @param ranks by user, the number of posts with a higher score plus half of those with an equal
 *     score; infinite for a target that is not ranked, NaN if scores are NaN
 */
public record RankMetrics(double[] ranks) {
  /** The number of users. */
  public int users() {
    return ranks.length;
  }

  /**
   * The fraction of users whose target is among the {@code k} best, which equals recall with one
   * target per user.
   */
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
