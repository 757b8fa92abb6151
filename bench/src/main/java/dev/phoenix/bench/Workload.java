package dev.phoenix.bench;

import dev.phoenix.bench.CorpusEncodingComparison.Rows;
import dev.phoenix.ops.Precision;
import dev.phoenix.scoring.Preset;

/** The comparisons that are published, each with its part of the suite. */
public enum Workload {
  /** A batch of requests; first, so that operations are compiled for the shorter ones. */
  RANK_BATCH(Suite.Part.RANK, (sizes, threads) -> RankComparison.batch(sizes.batch(), threads)),
  /** One request of the model's size. */
  RANK_REQUEST(Suite.Part.RANK, (sizes, threads) -> RankComparison.request(threads)),
  /** One request with 200 candidates. */
  RANK_LONG_REQUEST(Suite.Part.RANK, (sizes, threads) -> RankComparison.longRequest(threads)),
  /** 64 candidates, the history kept. */
  KEPT_HISTORY_64(Suite.Part.RANK, (sizes, threads) -> new KeptHistoryComparison(64, threads)),
  /** 200 candidates, the history kept. */
  KEPT_HISTORY_200(Suite.Part.RANK, (sizes, threads) -> new KeptHistoryComparison(200, threads)),
  /** Scoring by the published preset. */
  SCORE_PUBLISHED(
      Suite.Part.RANK, (sizes, threads) -> new ScoringComparison(Preset.PUBLISHED, 200, threads)),
  /** Scoring by the production preset. */
  SCORE_PRODUCTION(
      Suite.Part.RANK, (sizes, threads) -> new ScoringComparison(Preset.PRODUCTION, 30, threads)),
  /** The scan of a float32 corpus. */
  TOP_K_FLOAT32(
      Suite.Part.TOPK,
      (sizes, threads) -> new TopKComparison(Precision.FLOAT32, sizes.corpus(), threads)),
  /** The scan of a bfloat16 corpus. */
  TOP_K_BFLOAT16(
      Suite.Part.TOPK,
      (sizes, threads) -> new TopKComparison(Precision.BFLOAT16, sizes.corpus(), threads)),
  /** The scan of a corpus with added segments. */
  LIVE_CORPUS(
      Suite.Part.TOPK, (sizes, threads) -> new LiveCorpusComparison(sizes.corpus(), threads)),
  /** The time from a new post to a search that finds it. */
  NEW_POST(Suite.Part.TOPK, (sizes, threads) -> new NewPostComparison(threads)),
  /** Posts through the candidate tower, rows in memory. */
  ENCODE_IN_MEMORY(
      Suite.Part.ENCODE,
      (sizes, threads) -> new CorpusEncodingComparison(Rows.IN_MEMORY, sizes.encoded(), threads)),
  /** Posts through the candidate tower, rows of mapped tables. */
  ENCODE_MAPPED(
      Suite.Part.ENCODE,
      (sizes, threads) -> new CorpusEncodingComparison(Rows.MAPPED, sizes.encoded(), threads)),
  /** Attention of one history. */
  ATTENTION(Suite.Part.OPERATIONS, (sizes, threads) -> new AttentionComparison(threads)),
  /** A norm. */
  NORM(Suite.Part.OPERATIONS, (sizes, threads) -> new NormComparison(threads)),
  /** The products of the model, on one thread: tiles alone, without distributing work. */
  MATMUL_POST_TOKENS(Suite.Part.OPERATIONS, matmul(0)),
  /** Queries, keys and values of a history. */
  MATMUL_QKV(Suite.Part.OPERATIONS, matmul(1)),
  /** The output of attention. */
  MATMUL_ATTENTION_OUTPUT(Suite.Part.OPERATIONS, matmul(2)),
  /** Into the feed-forward layer. */
  MATMUL_FEED_FORWARD_IN(Suite.Part.OPERATIONS, matmul(3)),
  /** Out of the feed-forward layer. */
  MATMUL_FEED_FORWARD_OUT(Suite.Part.OPERATIONS, matmul(4)),
  /** Queries, keys and values of candidates. */
  MATMUL_CANDIDATE_QKV(Suite.Part.OPERATIONS, matmul(5)),
  /** The first product on all threads. */
  MATMUL_ALL_THREADS(
      Suite.Part.OPERATIONS,
      (sizes, threads) ->
          new MatmulComparison(MatmulComparison.Product.ofTheModel().getFirst(), threads)),
  /** A step of the two towers. */
  TRAIN_RETRIEVAL(
      Suite.Part.TRAIN, (sizes, threads) -> TrainingComparison.retrieval(sizes.batch(), threads)),
  /** A step of the two towers with histories of different lengths. */
  TRAIN_RAGGED(
      Suite.Part.TRAIN, (sizes, threads) -> TrainingComparison.ragged(sizes.batch(), threads)),
  /** A step of the ranker. */
  TRAIN_RANKER(
      Suite.Part.TRAIN, (sizes, threads) -> TrainingComparison.ranker(sizes.batch(), threads));

  private final Suite.Part part;

  @SuppressWarnings("ImmutableEnumChecker") // The factories have no state.
  private final Factory factory;

  /** Creates a comparison. */
  private interface Factory {
    Comparison create(Suite.Sizes sizes, int threads);
  }

  Workload(Suite.Part part, Factory factory) {
    this.part = part;
    this.factory = factory;
  }

  private static Factory matmul(int product) {
    return (sizes, threads) ->
        new MatmulComparison(MatmulComparison.Product.ofTheModel().get(product), 1);
  }

  Suite.Part part() {
    return part;
  }

  Comparison create(Suite.Sizes sizes, int threads) {
    return factory.create(sizes, threads);
  }
}
