package dev.phoenix.evaluation;

import dev.phoenix.dataset.LeaveOneOut;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Item nearest neighbours: the score of a post is the sum of its similarities to the posts of the
 * user's history. The similarity of two posts is the cosine of their sets of users. All neighbours
 * count. A post of the history has 0.8 times the weight of the next one, because recent posts
 * predict best.
 */
final class ItemKnn implements PostScorer {
  private static final float DECAY = 0.8f;

  private final LeaveOneOut split;
  private final SparseRows similarity;

  private ItemKnn(LeaveOneOut split, SparseRows similarity) {
    this.split = split;
    this.similarity = similarity;
  }

  /** Computes similarities from the events before every user's target of {@code part}. */
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
