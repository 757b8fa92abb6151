package dev.phoenix.serving;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The response to one request, computed by one version of the model.
 *
 * @param model the model version
 * @param posts the candidates, in the order of the request or of retrieval
 * @param scores what the ranker says of them; null where only retrieval was asked for or the server
 *     has no ranker
 * @param timing where the time went
 */
public record ServingResponse(
    ModelInfo model, Posts posts, @Nullable Scores scores, Timing timing) {
  /** The number of the version. */
  public String modelVersion() {
    return model.version();
  }

  /**
   * N posts; all arrays have one element a post. Those of retrieval are empty without retrieval.
   *
   * @param postIds 64-bit post ids
   * @param authorIds 64-bit author ids
   * @param corpusIndices positions in the corpus
   * @param retrievalScores user · post, descending
   * @param topics the topics; null if the corpus has none
   * @param corpora the names of the posts' corpora
   * @param vectors [N, D] candidate representations; empty where the request does not need them
   * @param created the times of creation, in seconds since the epoch; 0 if unknown
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
    /** Posts given by a request. */
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

    /** The number of posts. */
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
   * The ranker's outputs for N candidates.
   *
   * @param actions the number of discrete actions A
   * @param continuous the number of continuous outputs C
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
   * The times of a request's stages. Requests of a batch share its work, so the times of retrieval
   * and ranking are those of the passes that this request was in.
   *
   * @param queueNanos from arrival to the start of the batch
   * @param retrievalNanos user tower and scan
   * @param rankingNanos encoding of histories and scoring of candidates
   * @param batchSize the number of requests in the batch
   * @param history the use of the history
   */
  public record Timing(
      long queueNanos, long retrievalNanos, long rankingNanos, int batchSize, HistoryUse history) {}

  /**
   * The use of a request's history.
   *
   * @param events the number of engagements in the request
   * @param used the number of engagements that the models read, of the model that reads more
   * @param wasKept whether the history was kept from an earlier request, by the ranker or, without
   *     one, by the user tower
   */
  public record HistoryUse(int events, int used, boolean wasKept) {}
}
