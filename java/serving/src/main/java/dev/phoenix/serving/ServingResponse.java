package dev.phoenix.serving;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request, computed wholly by one version of the model.
 *
 * @param model which
 * @param posts the candidates, in the order of the request or of retrieval
 * @param scores what the ranker says of them; null where only retrieval was asked for
 * @param timing where the time went
 */
public record ServingResponse(
    ModelInfo model, Posts posts, @Nullable Scores scores, Timing timing) {
  /** The number of the version. */
  public String modelVersion() {
    return model.version();
  }

  /**
   * Posts, index by index. What retrieval gives is empty where none was asked for.
   *
   * @param postIds 64-bit ids
   * @param authorIds 64-bit ids
   * @param corpusIndices their places in the corpus
   * @param retrievalScores user · post, in falling order
   * @param topics their topics; null where the corpus names none
   * @param corpora names of the corpora they are of
   * @param vectors [N, D] candidate representations; empty where the request does not need them
   * @param created when they were created, in seconds since the epoch; 0 where the corpus or the
   *     request does not say
   */
  public record Posts(
      long[] postIds,
      long[] authorIds,
      int[] corpusIndices,
      float[] retrievalScores,
      @Nullable String[] topics,
      String[] corpora,
      float[] vectors,
      long[] created) {
    /** Candidates that a request gives. */
    static Posts given(long[] postIds, long[] authorIds, long[] created) {
      return new Posts(
          postIds,
          authorIds,
          new int[0],
          new float[0],
          new @Nullable String[0],
          new String[0],
          new float[0],
          created);
    }

    /** How many. */
    public int count() {
      return postIds.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Posts that && Arrays.deepEquals(components(), that.components());
    }

    @Override
    public int hashCode() {
      return Arrays.deepHashCode(components());
    }

    private @Nullable Object[] components() {
      return new @Nullable Object[] {
        postIds, authorIds, corpusIndices, retrievalScores, topics, corpora, vectors, created
      };
    }
  }

  /**
   * What a ranker says of N candidates.
   *
   * @param actions discrete actions A
   * @param continuous continuous outputs C
   * @param logits [N, A]
   * @param probabilities [N, A]
   * @param continuousValues [N, C]
   */
  public record Scores(
      int actions,
      int continuous,
      float[] logits,
      float[] probabilities,
      float[] continuousValues) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Scores that && Arrays.deepEquals(components(), that.components());
    }

    @Override
    public int hashCode() {
      return Arrays.deepHashCode(components());
    }

    private Object[] components() {
      return new Object[] {actions, continuous, logits, probabilities, continuousValues};
    }
  }

  /**
   * Where the time of a request went. Requests of a batch share its work, so retrieval and ranking
   * are those of the batch's parts that this request was in.
   *
   * @param queueNanos from arrival to the start of the batch
   * @param retrievalNanos user tower and scan
   * @param rankingNanos encoding of histories and scoring of candidates
   * @param batchSize requests of the batch
   * @param history what became of the history
   */
  public record Timing(
      long queueNanos, long retrievalNanos, long rankingNanos, int batchSize, HistoryUse history) {}

  /**
   * What became of a request's history.
   *
   * @param events engagements that the request gave
   * @param used engagements that the models read: those of the one that reads more
   * @param wasKept whether the ranker, or without one the user tower, knew the history
   */
  public record HistoryUse(int events, int used, boolean wasKept) {}
}
