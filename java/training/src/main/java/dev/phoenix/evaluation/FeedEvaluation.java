package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.DatasetException;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.PostAge;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * Evaluates whole feeds on a dataset: requests a feed for each user's history and looks for the
 * post that the user engaged with next. Uses at most 50,000 evenly spaced users.
 */
public final class FeedEvaluation {
  private static final int MAX_USERS = 50_000;

  private final LeaveOneOut split;
  private final LeaveOneOut.Part part;
  private final FullRanking ranking;
  private final Map<Long, Integer> places = new HashMap<>();

  /**
   * Creates an evaluation on {@code part} of {@code split}.
   *
   * @param exclusion which posts the baselines leave out; feed sources have their own rule
   */
  public FeedEvaluation(LeaveOneOut split, LeaveOneOut.Part part, Exclude exclusion) {
    if (split.folds().isEmpty()) {
      throw new DatasetException(
          split.dataset().source() + ": expected a user with three positive events, found none");
    }
    this.split = split.atMost(MAX_USERS);
    this.part = part;
    this.ranking = new FullRanking(this.split, exclusion);
    long[] ids = split.dataset().catalog().postIds();
    IntStream.range(0, ids.length).forEach(post -> places.put(ids[post], post));
  }

  /**
   * The metrics of popularity, item-KNN and the Markov chain by name, with their ranking of all
   * posts as the feed.
   */
  public SequencedMap<String, FeedMetrics> baselines() {
    SequencedMap<String, FeedMetrics> found = new LinkedHashMap<>();
    for (PostScorer scorer : RetrievalEvaluation.baselines(split, part)) {
      Coverage coverage = new Coverage(split.dataset().catalog());
      ranking.best(scorer, part, FeedMetrics.SHOWN).forEach(coverage::add);
      found.put(scorer.name(), coverage.metrics(ranking.evaluate(scorer, part)));
    }
    return found;
  }

  /**
   * The metrics of the feeds of {@code source}, which is called for one user after the other.
   *
   * @throws DatasetException if a feed has a post that the dataset does not have
   */
  public FeedMetrics measure(FeedSource source) {
    Catalog catalog = split.dataset().catalog();
    Coverage coverage = new Coverage(catalog);
    List<LeaveOneOut.Fold> folds = split.folds();
    double[] ranks = new double[folds.size()];
    for (int i = 0; i < ranks.length; i++) {
      LeaveOneOut.Fold fold = folds.get(i);
      UserSequence user =
          LoggedSequence.of(
              catalog,
              split.dataset().users().get(fold.user()),
              IntStream.range(0, fold.target(part)).toArray());
      int[] feed = places(source.feed(user, shown(split.events(fold).time(fold.target(part)))));
      ranks[i] = rank(feed, split.target(fold, part));
      coverage.add(Arrays.copyOf(feed, Math.min(feed.length, FeedMetrics.SHOWN)));
    }
    return coverage.metrics(new RankMetrics(ranks));
  }

  /** A data set whose times are no seconds since the epoch says nothing of ages. */
  static long shown(long time) {
    return time >= 0 && time <= PostAge.MAX_SECONDS ? time : 0;
  }

  private int[] places(long[] ids) {
    int[] posts = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      Integer place = places.get(ids[i]);
      if (place == null) {
        throw new DatasetException(
            "%s: expected feeds of its posts, found post %s; the corpus is of other data"
                .formatted(split.dataset().source(), Long.toUnsignedString(ids[i])));
      }
      posts[i] = place;
    }
    return posts;
  }

  /** The rank of a post in a feed; infinite if the feed lacks it. */
  private static double rank(int[] feed, int target) {
    for (int i = 0; i < feed.length; i++) {
      if (feed[i] == target) {
        return i;
      }
    }
    return Double.POSITIVE_INFINITY;
  }
}
