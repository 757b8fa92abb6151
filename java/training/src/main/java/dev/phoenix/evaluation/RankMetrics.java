package dev.phoenix.evaluation;

import java.util.Arrays;

/**
 * Where the post that a user took stands among all posts, for many users.
 *
 * @param ranks posts that score higher, and half of those that score the same, a user
 */
public record RankMetrics(double[] ranks) {
  /** The users. */
  public int users() {
    return ranks.length;
  }

  /** The share of users whose post is among the {@code k} best; with one post a user, recall. */
  public double hitRate(int k) {
    return Arrays.stream(ranks).map(rank -> rank < k ? 1 : 0).average().orElse(0);
  }

  /** Normalised discounted cumulative gain at {@code k}: 1 / log2(rank + 2) for a hit, else 0. */
  public double ndcg(int k) {
    return Arrays.stream(ranks)
        .map(rank -> rank < k ? Math.log(2) / Math.log(rank + 2) : 0)
        .average()
        .orElse(0);
  }

  /** The mean of 1 / (rank + 1). */
  public double meanReciprocalRank() {
    return Arrays.stream(ranks).map(rank -> 1 / (rank + 1)).average().orElse(0);
  }
}
