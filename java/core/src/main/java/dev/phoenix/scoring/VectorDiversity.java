package dev.phoenix.scoring;

import java.util.Locale;

/**
 * Diversity by the posts' vectors: reorders the first posts greedily, trading relevance against
 * similarity to the posts above. Relevance r is the score scaled to [0, 1] over these posts (0
 * where all scores are equal); similarity is the dot product of the candidate representations,
 * which are unit vectors. Ties go to the post with the higher score.
 *
 * @param method how similarity is penalised
 * @param theta weight of relevance, from 0 to 1; 1 leaves the order unchanged
 * @param first number of posts to reorder, at least 2; later posts keep their places
 */
public record VectorDiversity(Method method, double theta, int first) {
  /**
   * The options of the production recommender: a determinantal point process, theta .65, 150 posts.
   */
  public static final VectorDiversity PRODUCTION = new VectorDiversity(Method.DPP, 0.65, 150);

  /** Largest {@code first}; the work grows with its square. */
  public static final int MAX_FIRST = 500;

  /** How similarity is penalised. */
  public enum Method {
    /**
     * Determinantal point process, greedy: the next post maximises theta r + (1 - theta) ln d²,
     * with d² the squared distance of its vector from the span of the vectors above it. Posts in
     * that span (d² below 1e-9) follow after all others. Source: Chen, Zhang and Zhou, Fast Greedy
     * MAP Inference for Determinantal Point Process, 2018.
     */
    DPP,
    /**
     * Maximal marginal relevance: the next post maximises theta r - (1 - theta) s, with s its
     * largest similarity to a post above it (0 for the first). Source: Carbonell and Goldstein,
     * 1998.
     */
    MMR;

    /** The name as files and messages spell it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the one that is out of range
   */
  public VectorDiversity {
    Checks.requireShare("diversity.theta", theta);
    Checks.requireRange("diversity.first", first, 2, MAX_FIRST);
  }

  /** Whether reordering can change the order. */
  boolean isOn() {
    return theta < 1;
  }

  /**
   * Reorders the first posts.
   *
   * @param order post indices, highest score first; changed in place
   * @param scores scores by post
   * @param vectors [posts, D] by post
   * @param places number of places to choose; the remaining posts follow by score
   */
  void apply(int[] order, double[] scores, float[] vectors, int places) {
    int count = Math.min(first, order.length);
    if (count > 1 && places > 0 && isOn()) {
      new GreedyDiversity(this, relevance(order, scores, count), order, vectors)
          .apply(order, places);
    }
  }

  /** Scores of the first posts, scaled to [0, 1]. */
  private static double[] relevance(int[] order, double[] scores, int count) {
    double[] relevance = new double[count];
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      least = Math.min(least, scores[order[i]]);
      most = Math.max(most, scores[order[i]]);
    }
    for (int i = 0; i < count; i++) {
      relevance[i] = most > least ? (scores[order[i]] - least) / (most - least) : 0;
    }
    return relevance;
  }
}
