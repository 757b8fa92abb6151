package dev.phoenix.scoring;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * N posts to score, in retrieval order. The arrays are not copied.
 *
 * @param postIds [N] ids, for messages
 * @param authorIds [N] ids; 0 for an unknown author
 * @param retrievalScores [N] dot products user · post
 * @param probabilities [N, A] probabilities of the discrete actions
 * @param continuous [N, continuous outputs] values
 * @param corpora [N] names of the corpora; null where there are none
 * @param vectors [N, D] candidate representations; null where not given
 */
public record Candidates(
    long[] postIds,
    long[] authorIds,
    float[] retrievalScores,
    float[] probabilities,
    float[] continuous,
    String @Nullable [] corpora,
    float @Nullable [] vectors) {
  private static final float[] NO_VALUES = {};

  /**
   * Checks the lengths.
   *
   * @throws IllegalArgumentException if the arrays hold different numbers of posts
   */
  public Candidates {
    requireRows("author ids", authorIds.length, postIds.length);
    requireRows("retrieval scores", retrievalScores.length, postIds.length);
    if (corpora != null) {
      requireRows("corpus names", corpora.length, postIds.length);
    }
    if (vectors != null) {
      requireColumns("values of vectors", vectors.length, postIds.length);
    }
  }

  private static void requireColumns(String what, int found, int posts) {
    boolean isMatrix = posts == 0 ? found == 0 : found > 0 && found % posts == 0;
    if (!isMatrix) {
      throw new IllegalArgumentException(
          "%d posts: expected a multiple of it, found %d %s".formatted(posts, found, what));
    }
  }

  private static void requireRows(String what, int found, int posts) {
    if (found != posts) {
      throw new IllegalArgumentException("%d posts, %d %s".formatted(posts, found, what));
    }
  }

  /** Retrieved posts, without a ranker's outputs. */
  public static Candidates retrieved(long[] postIds, long[] authorIds, float[] retrievalScores) {
    return new Candidates(postIds, authorIds, retrievalScores, NO_VALUES, NO_VALUES, null, null);
  }

  /** These posts with a ranker's outputs. */
  public Candidates withOutputs(float[] newProbabilities, float[] newContinuous) {
    return new Candidates(
        postIds, authorIds, retrievalScores, newProbabilities, newContinuous, corpora, vectors);
  }

  /** These posts with the names of their corpora. */
  public Candidates withCorpora(String[] names) {
    return new Candidates(
        postIds, authorIds, retrievalScores, probabilities, continuous, names, vectors);
  }

  /** These posts with their vectors [N, D]. */
  public Candidates withVectors(float[] newVectors) {
    return new Candidates(
        postIds, authorIds, retrievalScores, probabilities, continuous, corpora, newVectors);
  }

  /** N. */
  public int count() {
    return postIds.length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Candidates that && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private @Nullable Object[] components() {
    return new @Nullable Object[] {
      postIds, authorIds, retrievalScores, probabilities, continuous, corpora, vectors
    };
  }
}
