package dev.phoenix.evaluation;

import dev.phoenix.dataset.LeaveOneOut;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/** Scores posts by the dot product of given user and post vectors. */
public final class VectorScorer implements PostScorer {
  private final String name;
  private final float[] users;
  private final float[] columns;
  private final int posts;
  private final int dimension;
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
