package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.feature.Exclude;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.model.RetrievalModel;
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
 * Chooses the weight of the retrieval score in a ranker's feeds on validation events. Retrieves
 * posts as a feed does and orders them by the preset {@code model} with each weight in a list. The
 * largest weight gives the order of retrieval. A weight qualifies if its NDCG@10 is at least that
 * of retrieval, and below the highest NDCG@10 by at most one standard error of the difference. The
 * largest weight that qualifies is chosen. Uses at most 50,000 evenly spaced users.
 */
public final class RetrievalWeight {
  private static final int MAX_USERS = 50_000;
  private static final int PASS = 64;
  private static final int POSTS = 200;
  private static final int SHOWN = 10;

  /** The weights that are tried, in falling order. */
  private static final double[] WEIGHTS = {
    100_000, 100, 30, 20, 10, 7, 5, 3, 2, 1.5, 1, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001
  };

  private final List<Scorer> scorers;
  private final double[][] gains;
  private int measured;

  /** Creates a measurement of {@code users} feeds of a ranker with {@code outputs}. */
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
   * The weight for a ranker.
   *
   * @param ranker the folder of the ranker
   * @param towers the folder of the retrieval model that it is served with
   */
  public static double choose(Ops ops, Path ranker, Path towers, LeaveOneOut split) {
    LeaveOneOut measured = split.atMost(MAX_USERS);
    VectorScorer retrieval = retrieval(ops, towers, measured);
    List<int[]> found =
        new FullRanking(measured, Exclude.SEEN).best(retrieval, LeaveOneOut.Part.VALIDATION, POSTS);
    try (Ranker model = Ranker.load(ops, ranker);
        EmbeddingTables tables =
            EmbeddingTables.open(ranker.resolve("embedding_tables.npz"), model.config())) {
      RetrievalWeight weights =
          new RetrievalWeight(ModelOutputs.of(ActionTaxonomy.ENUM, model.config()), found.size());
      LoggedRows rows = LoggedRows.of(model.config(), tables, split.dataset().catalog());
      for (int from = 0; from < found.size(); from += PASS) {
        int to = Math.min(found.size(), from + PASS);
        weights.measure(new Pass(measured, from, to), model, rows, retrieval, found);
      }
      return weights.best();
    }
  }

  private static VectorScorer retrieval(Ops ops, Path towers, LeaveOneOut split) {
    try (RetrievalModel model = RetrievalModel.load(ops, towers);
        EmbeddingTables tables =
            EmbeddingTables.open(towers.resolve("embedding_tables.npz"), model.config())) {
      return VectorScorer.of(model, tables, split, LeaveOneOut.Part.VALIDATION);
    }
  }

  /** The users [from, to) of a split, which are ranked together. */
  private record Pass(LeaveOneOut split, int from, int to) {
    LeaveOneOut.Fold fold(int request) {
      return split.folds().get(from + request);
    }

    UserEvents user(int request) {
      return split.dataset().users().get(fold(request).user());
    }
  }

  private void measure(
      Pass pass, Ranker model, LoggedRows rows, VectorScorer retrieval, List<int[]> found) {
    LeaveOneOut.Part part = LeaveOneOut.Part.VALIDATION;
    int count = pass.to() - pass.from();
    List<LoggedHistory> histories = new ArrayList<>();
    List<CatalogPosts> candidates = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      UserEvents user = pass.user(i);
      int target = pass.fold(i).target(part);
      histories.add(
          new LoggedHistory(
              rows, user.userId(), user.events(), target, LoggedHistory.Detail.ACTIONS_ONLY));
      candidates.add(
          new CatalogPosts(
              rows, found.get(pass.from() + i), FeedEvaluation.shown(user.events().time(target))));
    }
    RankerOutput output = model.output();
    model.rank(output, histories, candidates);
    Catalog catalog = rows.catalog();
    float[] scores = new float[catalog.size()];
    for (int i = 0; i < count; i++) {
      int[] posts = found.get(pass.from() + i);
      retrieval.score(scores, pass.fold(i), part);
      float[] retrievalScores = new float[posts.length];
      for (int j = 0; j < posts.length; j++) {
        retrievalScores[j] = scores[posts[j]];
      }
      Candidates scored =
          Candidates.retrieved(
                  ids(catalog.postIds(), posts), ids(catalog.authorIds(), posts), retrievalScores)
              .withOutputs(output.probabilities(i), output.continuousValues(i));
      add(scored, posts, pass.split().target(pass.fold(i), part));
    }
  }

  private static long[] ids(long[] all, int[] posts) {
    return Arrays.stream(posts).mapToLong(post -> all[post]).toArray();
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
