package dev.phoenix.evaluation;

import dev.phoenix.dataset.LeaveOneOut;
import java.util.Arrays;

/**
 * A Markov chain with skips. The score of a post is its frequency among the posts that follow
 * within three steps, summed over the user's last three posts with weight 1 / k for the k-th from
 * the end.
 */
final class MarkovChain implements PostScorer {
  private static final int SKIPS = 3;

  private final LeaveOneOut split;
  private final SparseRows transitions;

  private MarkovChain(LeaveOneOut split, SparseRows transitions) {
    this.split = split;
    this.transitions = transitions;
  }

  /** Counts transitions in the events before every user's target of {@code part}. */
  public static MarkovChain fit(LeaveOneOut split, LeaveOneOut.Part part) {
    int posts = split.dataset().catalog().size();
    SparseRows transitions =
        new PairCounts(Histories.known(split, part), posts)
            .count((from, to) -> to > from ? 1 : 0, SKIPS);
    float[] ones = new float[posts];
    Arrays.fill(ones, 1);
    for (int post = 0; post < posts; post++) {
      float all = transitions.sum(post);
      transitions.scale(post, all > 0 ? 1 / all : 0, ones);
    }
    return new MarkovChain(split, transitions);
  }

  @Override
  public String name() {
    return "Markov, 3 skips";
  }

  @Override
  public void score(float[] scores, LeaveOneOut.Fold fold, LeaveOneOut.Part part) {
    Arrays.fill(scores, 0);
    int[] history = split.history(fold, part);
    for (int k = 1; k <= Math.min(SKIPS, history.length); k++) {
      transitions.addRow(scores, history[history.length - k], 1f / k);
    }
  }
}
