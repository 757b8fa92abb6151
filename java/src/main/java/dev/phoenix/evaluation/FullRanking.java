package dev.phoenix.evaluation;

import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.feature.Exclusion;
import java.util.stream.IntStream;

/**
 * Ranks all posts for every user of a split and notes where the one that the user took stands.
 * Equal scores share their places: the rank counts half of them, so that a scorer gains nothing by
 * scoring everything the same.
 *
 * <p>Where seen posts are excluded, none of the user's history is ranked. A target that stands in
 * its own history is then not ranked either, as in a feed, and counts as missed: to leave out the
 * rest of the history alone would give such a target away.
 */
public final class FullRanking {
  private final LeaveOneOut split;
  private final Exclusion exclusion;

  /** Over the users of {@code split}. */
  public FullRanking(LeaveOneOut split, Exclusion exclusion) {
    this.split = split;
    this.exclusion = exclusion;
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

  private double rank(float[] scores, LeaveOneOut.Fold fold, LeaveOneOut.Part part) {
    int target = split.target(fold, part);
    float score = scores[target];
    int higher = 0;
    int same = -1;
    boolean numbers = true;
    for (float other : scores) {
      higher += other > score ? 1 : 0;
      same += other == score ? 1 : 0;
      numbers &= !Float.isNaN(other);
    }
    if (!numbers) {
      return Double.NaN;
    }
    for (int seen : excluded(fold, part)) {
      if (seen == target) {
        return Double.POSITIVE_INFINITY;
      }
      higher -= scores[seen] > score ? 1 : 0;
      same -= scores[seen] == score ? 1 : 0;
    }
    return higher + 0.5 * same;
  }

  /** The posts that are not ranked, each once. */
  int[] excluded(LeaveOneOut.Fold fold, LeaveOneOut.Part part) {
    return exclusion == Exclusion.NONE
        ? new int[0]
        : IntStream.of(split.history(fold, part)).distinct().toArray();
  }
}
