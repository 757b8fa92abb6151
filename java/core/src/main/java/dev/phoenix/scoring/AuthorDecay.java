package dev.phoenix.scoring;

/**
 * Author diversity by factors: in the order of scores, the n-th post of an author, counted from 0,
 * is multiplied by max(floor, decay^n). Posts of author 0, which stands for an unknown author, are
 * not changed.
 *
 * @param decay from 0 to 1; 1 changes nothing
 * @param floor from 0 to 1, the smallest factor
 */
public record AuthorDecay(double decay, double floor) {
  /** The factors of the production recommender. */
  public static final AuthorDecay PRODUCTION = new AuthorDecay(0.5, 0.25);

  /**
   * Checks that both numbers are from 0 to 1.
   *
   * @throws IllegalArgumentException naming the one that is not from 0 to 1
   */
  public AuthorDecay {
    Checks.requireShare("author_decay.decay", decay);
    Checks.requireShare("author_decay.floor", floor);
  }

  /** The factor of an author's n-th post, from 0. */
  double factor(int n) {
    return Math.max(floor, Math.pow(decay, n));
  }

  /**
   * The factor of every post.
   *
   * @param order post indices, highest score first
   * @return factors by post index
   */
  double[] factors(int[] order, AuthorNumbers authors) {
    double[] factors = new double[order.length];
    double[] byRank = new double[order.length];
    int[] seen = new int[order.length];
    int known = 0;
    for (int post : order) {
      int author = authors.of(post);
      if (author == AuthorNumbers.UNKNOWN) {
        factors[post] = 1;
        continue;
      }
      int n = seen[author]++;
      while (known <= n) {
        byRank[known] = factor(known++);
      }
      factors[post] = byRank[n];
    }
    return factors;
  }
}
