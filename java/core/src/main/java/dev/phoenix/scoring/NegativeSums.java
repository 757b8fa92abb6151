package dev.phoenix.scoring;

/**
 * Maps weighted sums that can be negative to scores of at least 0, so that factors below 1 lower
 * every score. N is the sum of the magnitudes of the negative weights, P the sum of the positive
 * weights:
 *
 * <pre>
 *   score = sum + offset                     where sum >= 0
 *   score = (sum + N) / (N + P) * offset     where sum &lt; 0
 * </pre>
 *
 * <p>Outputs lie in [0, 1], so that sum >= -N: negative sums become scores in [0, offset N / (N +
 * P)), below those of all others, and the order of sums is the order of scores. The retrieval score
 * lies in [-1, 1]: its weight's magnitude counts in N and in P.
 *
 * @param offset the offset, above 0
 * @param least N
 * @param range N + P
 */
record NegativeSums(double offset, double least, double range) {
  /** The share of the offset that negative sums lie in. */
  double share() {
    return least / range;
  }

  /** The score of a weighted sum. */
  double score(double sum) {
    // Rounding may take the least sum below -N, and a retrieval score below -1.
    return sum >= 0 ? sum + offset : Math.max(0, sum + least) / range * offset;
  }
}
