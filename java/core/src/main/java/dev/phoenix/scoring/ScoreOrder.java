package dev.phoenix.scoring;

import java.util.Arrays;

/** Sorts posts by falling score, ties by index: a merge sort of indices that does not box them. */
final class ScoreOrder {
  /** Runs of this length are sorted by insertion. */
  private static final int RUN = 8;

  private ScoreOrder() {}

  /** The indices of {@code scores}, largest score first, equal scores by index. */
  static int[] of(double[] scores) {
    int count = scores.length;
    int[] order = new int[count];
    Arrays.setAll(order, i -> i);
    for (int from = 0; from < count; from += RUN) {
      insert(order, scores, from, Math.min(count, from + RUN));
    }
    int[] spare = new int[count];
    for (int width = RUN; width < count; width *= 2) {
      for (int from = 0; from < count; from += 2 * width) {
        int middle = Math.min(count, from + width);
        merge(order, spare, scores, new Runs(from, middle, Math.min(count, from + 2 * width)));
      }
      int[] merged = spare;
      spare = order;
      order = merged;
    }
    return order;
  }

  /** Two adjacent runs: [from, middle) and [middle, to). */
  private record Runs(int from, int middle, int to) {}

  private static void insert(int[] order, double[] scores, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      int post = order[i];
      int at = i;
      while (at > from && scores[order[at - 1]] < scores[post]) {
        order[at] = order[at - 1];
        at--;
      }
      order[at] = post;
    }
  }

  private static void merge(int[] order, int[] merged, double[] scores, Runs runs) {
    int left = runs.from();
    int right = runs.middle();
    for (int at = runs.from(); at < runs.to(); at++) {
      boolean isLeft =
          right == runs.to()
              || (left < runs.middle() && scores[order[left]] >= scores[order[right]]);
      merged[at] = order[isLeft ? left++ : right++];
    }
  }
}
