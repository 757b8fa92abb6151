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
    this.columns = columns(vectors, dimension);
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
    score(scores, users, user * dimension, columns);
  }

  /** Vectors [N, D] as [D, N]. */
  static float[] columns(float[] vectors, int dimension) {
    int posts = vectors.length / dimension;
    float[] columns = new float[vectors.length];
    for (int post = 0; post < posts; post++) {
      for (int d = 0; d < dimension; d++) {
        columns[d * posts + post] = vectors[post * dimension + d];
      }
    }
    return columns;
  }

  /** The dot products of the user's vector from {@code at} on and all posts, [D, N]. */
  static void score(float[] scores, float[] users, int at, float[] columns) {
    Arrays.fill(scores, 0);
    int posts = scores.length;
    for (int d = 0; d < columns.length / posts; d++) {
      float factor = users[at + d];
      for (int post = 0; post < posts; post++) {
        scores[post] += factor * columns[d * posts + post];
      }
    }
  }
}
