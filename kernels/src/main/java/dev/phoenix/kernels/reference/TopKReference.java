package dev.phoenix.kernels.reference;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The K best scores u·c over a corpus, in descending order, ties by lower index; masked entries
 * score -1e12. Source: docs/model.md#6-retrieval.
 */
public final class TopKReference {
  /** The score of a masked corpus entry. */
  public static final float MASKED_SCORE = -1e12f;

  private TopKReference() {}

  /**
   * The result for one user.
   *
   * @param indices [min(K, N)] corpus indices
   * @param scores [min(K, N)]
   */
  public record Result(int[] indices, float[] scores) {}

  /**
   * Scans the corpus for one user. +0 and -0 tie and are returned as +0; NaN scores come last.
   *
   * @param user [D]
   * @param corpus [N, D]
   * @param mask [N], false where an entry may not be retrieved
   * @param k how many to return; more than N returns N
   */
  public static Result apply(float[] user, float[] corpus, boolean[] mask, int k) {
    int columns = user.length;
    float[] scores = new float[mask.length];
    for (int i = 0; i < scores.length; i++) {
      double sum = 0;
      for (int d = 0; d < columns; d++) {
        sum += (double) user[d] * corpus[i * columns + d];
      }
      // Adding +0 turns -0 into +0, which the comparison below would distinguish.
      scores[i] = mask[i] ? (float) sum + 0f : MASKED_SCORE;
    }
    int[] best =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.<Integer>comparingDouble(i -> -scores[i]).thenComparingInt(i -> i))
            .limit(k)
            .mapToInt(Integer::intValue)
            .toArray();
    float[] bestScores = new float[best.length];
    for (int i = 0; i < best.length; i++) {
      bestScores[i] = scores[best[i]];
    }
    return new Result(best, bestScores);
  }
}
