package dev.phoenix.evaluation;

import dev.phoenix.dataset.LeaveOneOut;

/**
 * Scores posts by their number of positive events, the same for all users: the weakest baseline.
 */
final class Popularity implements PostScorer {
  private final float[] counts;

  private Popularity(float[] counts) {
    this.counts = counts;
  }

  /** Counts the positive events before every user's target of {@code part}. */
  public static Popularity fit(LeaveOneOut split, LeaveOneOut.Part part) {
    float[] counts = new float[split.dataset().catalog().size()];
    int[] known = split.known(part);
    for (int user = 0; user < known.length; user++) {
      var events = split.dataset().users().get(user).events();
      for (int i = 0; i < known[user]; i++) {
        counts[events.posts()[i]] += events.isPositive(i) ? 1 : 0;
      }
    }
    return new Popularity(counts);
  }

  @Override
  public String name() {
    return "popularity";
  }

  @Override
  public void score(float[] scores, LeaveOneOut.Fold fold, LeaveOneOut.Part part) {
    System.arraycopy(counts, 0, scores, 0, scores.length);
  }
}
