package dev.phoenix.evaluation;

import dev.phoenix.dataset.LeaveOneOut;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Item nearest neighbours: a post suits a user as far as it is taken by the same users as the posts
 * of the history, by the cosine of the two posts' sets of users. All neighbours count, and a post
 * of the history counts 0.8 times as much as the one after it, because what a user took last says
 * most about what comes next.
 */
public final class ItemKnn implements PostScorer {
  private static final float DECAY = 0.8f;

  private final LeaveOneOut split;
  private final SparseRows similarity;

  private ItemKnn(LeaveOneOut split, SparseRows similarity) {
    this.split = split;
    this.similarity = similarity;
  }

  /** Compares posts by the events in front of every user's target of {@code part}. */
  public static ItemKnn fit(LeaveOneOut split, LeaveOneOut.Part part) {
    List<int[]> histories =
        Histories.known(split, part).stream()
            .map(history -> IntStream.of(history).distinct().toArray())
            .toList();
    int posts = split.dataset().catalog().size();
    float[] users = new float[posts];
    histories.forEach(history -> IntStream.of(history).forEach(post -> users[post]++));
    float[] norms = new float[posts];
    for (int post = 0; post < posts; post++) {
      norms[post] = (float) (1 / Math.sqrt(Math.max(1, users[post])));
    }
    SparseRows similarity =
        new PairCounts(histories, posts).count((from, to) -> 1, Integer.MAX_VALUE);
    for (int post = 0; post < posts; post++) {
      similarity.scale(post, norms[post], norms);
    }
    return new ItemKnn(split, similarity);
  }

  @Override
  public String name() {
    return "item-KNN";
  }

  @Override
  public void score(float[] scores, LeaveOneOut.Fold fold, LeaveOneOut.Part part) {
    Arrays.fill(scores, 0);
    int[] history = split.history(fold, part);
    float weight = 1;
    for (int i = history.length - 1; i >= 0; i--) {
      similarity.addRow(scores, history[i], weight);
      weight *= DECAY;
    }
  }
}
