package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.model.RetrievalModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/** Scores posts by the dot product of given user and post vectors. */
public final class VectorScorer implements PostScorer {
  private static final int PASS = 512;

  private final String name;
  private final float[] users;
  private final float[] columns;
  private final int dimension;
  private final int posts;
  private final IdentityHashMap<LeaveOneOut.Fold, Integer> places = new IdentityHashMap<>();

  /**
   * Creates a scorer over vectors of length {@code dimension}.
   *
   * @param users [folds, D] in the order of {@code folds}
   * @param vectors [N, D]
   */
  public VectorScorer(
      String name, List<LeaveOneOut.Fold> folds, float[] users, float[] vectors, int dimension) {
    this.name = name;
    this.users = users;
    this.dimension = dimension;
    this.posts = vectors.length / dimension;
    this.columns = new float[vectors.length];
    for (int post = 0; post < posts; post++) {
      for (int d = 0; d < dimension; d++) {
        columns[d * posts + post] = vectors[post * dimension + d];
      }
    }
    for (int i = 0; i < folds.size(); i++) {
      places.put(folds.get(i), i);
    }
  }

  /**
   * Encodes all posts, and the users of {@code split} with the histories of {@code part}.
   *
   * @param tables the embedding tables of {@code model}
   */
  public static VectorScorer of(
      RetrievalModel model, EmbeddingTables tables, LeaveOneOut split, LeaveOneOut.Part part) {
    LoggedRows rows = LoggedRows.of(model.config(), tables, split.dataset().catalog());
    int columns = model.config().embSize();
    float[] users = new float[split.folds().size() * columns];
    float[] passUsers = new float[PASS * columns];
    for (int from = 0; from < split.folds().size(); from += PASS) {
      List<LoggedHistory> requests = new ArrayList<>();
      for (LeaveOneOut.Fold fold :
          split.folds().subList(from, Math.min(split.folds().size(), from + PASS))) {
        UserEvents user = split.dataset().users().get(fold.user());
        requests.add(
            new LoggedHistory(
                rows,
                user.userId(),
                user.events(),
                fold.target(part),
                LoggedHistory.Detail.ACTIONS_ONLY));
      }
      model.encodeUsers(passUsers, new float[requests.size()], requests);
      System.arraycopy(passUsers, 0, users, from * columns, requests.size() * columns);
    }
    int posts = split.dataset().catalog().size();
    float[] vectors = new float[posts * columns];
    for (int from = 0; from < posts; from += PASS) {
      int to = Math.min(posts, from + PASS);
      model.encodePosts(vectors, from * columns, CatalogPosts.range(rows, from, to));
    }
    return new VectorScorer("two towers", split.folds(), users, vectors, columns);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void score(float[] scores, LeaveOneOut.Fold fold, LeaveOneOut.Part part) {
    Integer user = places.get(fold);
    if (user == null) {
      throw new IllegalArgumentException("no vector of user " + fold.user());
    }
    Arrays.fill(scores, 0);
    for (int d = 0; d < dimension; d++) {
      float factor = users[user * dimension + d];
      int at = d * posts;
      for (int post = 0; post < posts; post++) {
        scores[post] += factor * columns[at + post];
      }
    }
  }
}
