package dev.phoenix.evaluation;

import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.RowsOfPosts;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Ranks all posts for every user of a split and records the rank of the user's target post. The
 * rank counts half of the posts with an equal score, so that a constant scorer gains nothing.
 *
 * <p>If seen posts are excluded, no post of the user's history is ranked. A target that is in its
 * own history is then not ranked either, as in a feed, and counts as a miss: excluding only the
 * other posts of the history would reveal such a target.
 */
public final class FullRanking {
  private final LeaveOneOut split;
  private final Exclude exclude;
  private final RowsOfPosts rows;

  /** Creates a ranking for the users of {@code split}. */
  public FullRanking(LeaveOneOut split, Exclude exclude) {
    this.split = split;
    this.exclude = exclude;
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

  /**
   * The posts that {@code scorer} ranks highest for each user, best first, ties by index.
   *
   * @param count posts per user; fewer if fewer are not excluded
   */
  public List<int[]> best(PostScorer scorer, LeaveOneOut.Part part, int count) {
    int posts = split.dataset().catalog().size();
    ThreadLocal<float[]> scores = ThreadLocal.withInitial(() -> new float[posts]);
    return split.folds().parallelStream()
        .map(
            fold -> {
              float[] of = scores.get();
              scorer.score(of, fold, part);
              return best(of, excluded(fold, part), count);
            })
        .toList();
  }

  /** The best posts; those that are excluded get the lowest score. */
  static int[] best(float[] scores, int[] excluded, int count) {
    for (int seen : excluded) {
      scores[seen] = Float.NEGATIVE_INFINITY;
    }
    int[] best = new int[Math.min(count, scores.length - excluded.length)];
    int found = 0;
    for (int post = 0; post < scores.length; post++) {
      int place = found;
      while (place > 0 && scores[best[place - 1]] < scores[post]) {
        place--;
      }
      if (place < best.length && scores[post] > Float.NEGATIVE_INFINITY) {
        found = Math.min(found + 1, best.length);
        System.arraycopy(best, place, best, place + 1, found - place - 1);
        best[place] = post;
      }
    }
    return Arrays.copyOf(best, found);
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

  /** The distinct posts that the server would exclude for this history. */
  private int[] excluded(LeaveOneOut.Fold fold, LeaveOneOut.Part part) {
    long[] postIds = split.dataset().catalog().postIds();
    long[] history =
        Arrays.stream(split.history(fold, part)).mapToLong(post -> postIds[post]).toArray();
    return rows.of(exclude.of(history), postIds.length);
  }
}
