package dev.phoenix.evaluation;

import java.util.Arrays;
import java.util.List;

/**
 * Counts pairs of posts that are near each other in the same history, weighted by their distance.
 */
final class PairCounts {
  /** The weight of a pair. */
  interface Weight {
    /**
     * @param from index of the first post in the history
     * @param to index of the second post
     * @return the weight; 0 for a pair that does not count
     */
    float of(int from, int to);
  }

  private final List<int[]> histories;
  private final int posts;

  PairCounts(List<int[]> histories, int posts) {
    this.histories = histories;
    this.posts = posts;
  }

  /** Row i, column j: the sum of the weights of all pairs of post i with another post j. */
  SparseRows count(Weight weight, int reach) {
    int[] starts = new int[posts + 1];
    for (int[] history : histories) {
      for (int post : history) {
        starts[post + 1]++;
      }
    }
    Arrays.parallelPrefix(starts, Integer::sum);
    int[] owner = new int[starts[posts]];
    int[] place = new int[starts[posts]];
    int[] next = Arrays.copyOf(starts, posts);
    for (int user = 0; user < histories.size(); user++) {
      for (int i = 0; i < histories.get(user).length; i++) {
        int at = next[histories.get(user)[i]]++;
        owner[at] = user;
        place[at] = i;
      }
    }
    SparseRows rows = new SparseRows(posts);
    float[] dense = new float[posts];
    int[] touched = new int[posts];
    for (int post = 0; post < posts; post++) {
      int count = 0;
      for (int use = starts[post]; use < starts[post + 1]; use++) {
        count =
            add(
                dense,
                touched,
                count,
                new Use(histories.get(owner[use]), place[use]),
                weight,
                reach);
      }
      rows.take(post, dense, touched, count);
    }
    return rows;
  }

  private record Use(int[] history, int place) {}

  private static int add(
      float[] dense, int[] touched, int count, Use use, Weight weight, int reach) {
    int[] history = use.history();
    int from = Math.max(0, use.place() - reach);
    int to = (int) Math.min(history.length - 1L, (long) use.place() + reach);
    int touchedCount = count;
    for (int i = from; i <= to; i++) {
      float value = history[i] == history[use.place()] ? 0 : weight.of(use.place(), i);
      if (value > 0) {
        if (dense[history[i]] == 0) {
          touched[touchedCount++] = history[i];
        }
        dense[history[i]] += value;
      }
    }
    return touchedCount;
  }
}
