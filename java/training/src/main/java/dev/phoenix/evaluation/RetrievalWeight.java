package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Ops;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Candidates;
import dev.phoenix.scoring.ModelOutputs;
import dev.phoenix.scoring.Preset;
import dev.phoenix.scoring.Ranking;
import dev.phoenix.scoring.Scorer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Chooses the weight of the retrieval score in a ranker's feeds on validation events: posts are
 * retrieved as a feed retrieves them and ordered by the preset {@code model} with each weight that
 * is tried. The largest is the order of retrieval. Of those whose NDCG@10 is as high as that of
 * retrieval, and below the highest by no more than chance explains, the largest is chosen. At most
 * 50,000 users, evenly chosen.
 */
public final class RetrievalWeight {
  private static final int MAX_USERS = 50_000;
  private static final int PASS = 64;
  private static final int POSTS = 200;
  private static final int SHOWN = 10;

  /** From the order of retrieval to that of the ranker. */
  private static final double[] WEIGHTS = {
    100_000, 100, 30, 20, 10, 7, 5, 3, 2, 1.5, 1, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001
  };

  private final List<Scorer> scorers;
  private final double[][] gains;
  private int measured;

  /** Over {@code users} feeds of a ranker with these outputs. */
  RetrievalWeight(ModelOutputs outputs, int users) {
    this.scorers =
        DoubleStream.of(WEIGHTS)
            .mapToObj(
                weight ->
                    Scorer.create(Preset.MODEL.options(), outputs.withRetrievalWeight(weight)))
            .toList();
    this.gains = new double[WEIGHTS.length][users];
  }

  /**
   * The weight for the ranker in {@code folder}.
   *
   * @param retrieved by the model that the ranker is served beside
   */
  public static double choose(Ops ops, Path folder, LeaveOneOut split, RetrievedPosts retrieved) {
    List<LeaveOneOut.Fold> folds = split.atMost(MAX_USERS).folds();
    try (Ranker ranker = Ranker.load(ops, folder);
        EmbeddingTables tables =
            EmbeddingTables.open(folder.resolve("embedding_tables.npz"), ranker.config())) {
      RetrievalWeight weights =
          new RetrievalWeight(ModelOutputs.of(ActionTaxonomy.ENUM, ranker.config()), folds.size());
      LoggedRows rows = LoggedRows.of(ranker.config(), tables, split.dataset().catalog());
      for (int from = 0; from < folds.size(); from += PASS) {
        int to = Math.min(folds.size(), from + PASS);
        weights.measure(ranker, rows, split, folds.subList(from, to), retrieved);
      }
      return weights.best();
    }
  }

  private void measure(
      Ranker ranker,
      LoggedRows rows,
      LeaveOneOut split,
      List<LeaveOneOut.Fold> folds,
      RetrievedPosts retrieved) {
    LeaveOneOut.Part part = LeaveOneOut.Part.VALIDATION;
    List<RetrievedPosts.Found> found =
        retrieved.find(
            folds.stream()
                .map(
                    fold ->
                        new RetrievedPosts.Moment(
                            split.dataset().users().get(fold.user()), fold.target(part)))
                .toList(),
            POSTS);
    List<LoggedHistory> histories = new ArrayList<>();
    List<CatalogPosts> candidates = new ArrayList<>();
    for (int i = 0; i < folds.size(); i++) {
      UserEvents user = split.dataset().users().get(folds.get(i).user());
      int target = folds.get(i).target(part);
      // A server is told of actions, not of surfaces and dwell times.
      histories.add(
          new LoggedHistory(
              rows, user.userId(), user.events(), target, LoggedHistory.Detail.ACTIONS_ONLY));
      candidates.add(
          new CatalogPosts(
              rows, found.get(i).posts(), FeedEvaluation.shown(user.events().time(target))));
    }
    RankerOutput output = ranker.output();
    ranker.rank(output, histories, candidates);
    for (int i = 0; i < folds.size(); i++) {
      add(
          scored(rows.catalog(), found.get(i), output, i),
          found.get(i).posts(),
          split.target(folds.get(i), part));
    }
  }

  private static Candidates scored(
      Catalog catalog, RetrievedPosts.Found found, RankerOutput output, int request) {
    int count = found.posts().length;
    float[] probabilities = new float[count * output.actions()];
    float[] continuous = new float[count * output.continuousActions()];
    for (int i = 0; i < count; i++) {
      for (int action = 0; action < output.actions(); action++) {
        probabilities[i * output.actions() + action] = output.probability(request, i, action);
      }
      for (int index = 0; index < output.continuousActions(); index++) {
        continuous[i * output.continuousActions() + index] = output.continuous(request, i, index);
      }
    }
    return Candidates.retrieved(
            Arrays.stream(found.posts()).mapToLong(post -> catalog.postIds()[post]).toArray(),
            Arrays.stream(found.posts()).mapToLong(post -> catalog.authorIds()[post]).toArray(),
            found.scores())
        .withOutputs(probabilities, continuous);
  }

  /** Notes the gain of the next post with each weight: 0 where it is not among the first ten. */
  void add(Candidates candidates, int[] posts, int target) {
    int shown = Math.min(SHOWN, posts.length);
    for (int weight = 0; weight < WEIGHTS.length; weight++) {
      Ranking ranking = scorers.get(weight).rank(candidates);
      int place = 0;
      while (place < shown && posts[ranking.candidate(place)] != target) {
        place++;
      }
      gains[weight][measured] = place < shown ? Math.log(2) / Math.log(place + 2) : 0;
    }
    measured++;
  }

  /**
   * The largest weight whose mean gain is at least that of retrieval and below the highest one by
   * at most the standard error of their difference: the order leaves that of retrieval only as far
   * as the events show a gain.
   */
  double best() {
    double[] highest = gains[0];
    for (double[] gain : gains) {
      highest = mean(gain) > mean(highest) ? gain : highest;
    }
    int weight = 0;
    while (mean(gains[weight]) < mean(gains[0]) || isWorse(gains[weight], highest)) {
      weight++;
    }
    return WEIGHTS[weight];
  }

  /** Whether the mean of {@code gain} is lower by more than the difference's standard error. */
  private static boolean isWorse(double[] gain, double[] highest) {
    double[] lost = new double[gain.length];
    Arrays.setAll(lost, i -> highest[i] - gain[i]);
    double mean = mean(lost);
    double variance = Arrays.stream(lost).map(x -> (x - mean) * (x - mean)).average().orElse(0);
    return mean > Math.sqrt(variance / lost.length);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }
}
