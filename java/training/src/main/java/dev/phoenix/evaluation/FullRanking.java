package dev.phoenix.evaluation;

import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.feature.RowsOfPosts;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Ranks all posts for every user of a split, those of the user's history left out, and notes where
 * the one that the user took stands. Equal scores share their places: the rank counts half of them,
 * so that a scorer gains nothing by scoring everything the same.
 */
public final class FullRanking {
  private final LeaveOneOut split;
  private final RowsOfPosts rows;

  /** Over the users of {@code split}. */
  public FullRanking(LeaveOneOut split) {
    this.split = split;
    long[] postIds = split.dataset().catalog().postIds();
    this.rows = new RowsOfPosts(row -> postIds[row], postIds.length);
    rows.enter(postIds.length);
  }

  /** Evaluates {@code scorer} on {@code part}, on all cores. */
  public RankMetrics evaluate(PostScorer scorer, LeaveOneOut.Part part) {
    int posts = split.dataset().catalog().size();
    ThreadLocal<float[]> scores = ThreadLocal.withInitial(() -> new float[posts]);
    double[] ranks =
        IntStream.range(0, split.folds().size())
            .parallel()
            .mapToDouble(
                i -> {
                  float[] of = scores.get();
                  scorer.score(of, split.folds().get(i), part);
                  return rank(of, split.folds().get(i), part);
                })
            .toArray();
    return new RankMetrics(ranks);
  }

  /** The posts that the server would leave out of what it finds for this history. */
  private ExcludedPosts excluded(LeaveOneOut.Fold fold, LeaveOneOut.Part part) {
    long[] postIds = split.dataset().catalog().postIds();
    long[] history =
        Arrays.stream(split.history(fold, part)).mapToLong(post -> postIds[post]).toArray();
    return Exclude.SEEN.of(history);
  }

  private double rank(float[] scores, LeaveOneOut.Fold fold, LeaveOneOut.Part part) {
    int target = split.target(fold, part);
    float score = scores[target];
    for (int post : rows.of(excluded(fold, part), scores.length)) {
      scores[post] = Float.NEGATIVE_INFINITY;
    }
    scores[target] = Float.NEGATIVE_INFINITY;
    int higher = 0;
    int same = 0;
    for (float other : scores) {
      higher += other > score ? 1 : 0;
      same += other == score ? 1 : 0;
    }
    return Double.isNaN(score) ? scores.length : higher + 0.5 * same;
  }
}
