package dev.phoenix.bench.gpu;

import dev.phoenix.checkpoint.ModelConfig;

/** The configurations of the timed rankers, which have random weights. */
enum ModelSize {
  /** The published mini release. */
  MINI(
      """
      {"emb_size": 128, "history_seq_len": 127, "candidate_seq_len": 64, "num_user_hashes": 2,
       "num_item_hashes": 2, "num_author_hashes": 2, "key_size": 32, "num_heads": 4,
       "num_layers": 4, "num_actions": 19}
      """,
      200),
  /** A configuration of a production ranker's size. */
  PRODUCTION(
      """
      {"emb_size": 2560, "history_seq_len": 1022, "candidate_seq_len": 64, "num_user_hashes": 2,
       "num_item_hashes": 2, "num_author_hashes": 2, "key_size": 128, "num_q_heads": 20,
       "num_kv_heads": 4, "num_layers": 8, "num_actions": 19, "attn_output_multiplier": 0.0884}
      """,
      64),
  /** A toy size for the emulated device. */
  REHEARSAL(
      """
      {"emb_size": 32, "history_seq_len": 7, "candidate_seq_len": 4, "num_user_hashes": 2,
       "num_item_hashes": 2, "num_author_hashes": 2, "key_size": 16, "num_heads": 2,
       "num_layers": 1, "num_actions": 19}
      """,
      6),
  /** A toy size with grouped query heads. */
  REHEARSAL_GROUPED(
      """
      {"emb_size": 32, "history_seq_len": 6, "candidate_seq_len": 3, "num_user_hashes": 2,
       "num_item_hashes": 2, "num_author_hashes": 2, "key_size": 16, "num_q_heads": 4,
       "num_kv_heads": 2, "num_layers": 1, "num_actions": 19}
      """,
      3);

  private final String json;
  private final int manyCandidates;

  ModelSize(String json, int manyCandidates) {
    this.json = json;
    this.manyCandidates = manyCandidates;
  }

  /** The configuration in JSON. */
  String json() {
    return json;
  }

  ModelConfig config() {
    return ModelConfig.parse(json, "the benchmark's " + label() + " configuration");
  }

  /** The number of candidates that retrieval gives. */
  int manyCandidates() {
    return manyCandidates;
  }

  String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /**
   * Operations of the tensor cores for one request's rows: products of the transformer and
   * attention, causal for the history; candidates see the history and themselves.
   */
  double flops(int candidates) {
    ModelConfig c = config();
    double d = c.embSize();
    double query = (double) c.attention().numQHeads() * c.attention().keySize();
    double key = (double) c.attention().numKvHeads() * c.attention().keySize();
    double layer = 2 * d * (2 * query + 2 * key) + 6 * d * c.transformer().ffnSize();
    double history = 1.0 + c.sequence().historySeqLen();
    double seen = history * (history + 1) / 2 + candidates * (history + 1);
    // The last layer of the history stops at its keys and values.
    double kept = history * (layer * (c.transformer().numLayers() - 1) + 4 * d * key);
    double tokens =
        2 * d * d * (c.hashCounts().user() + (history + candidates) * 2.0 * c.hashCounts().item());
    return tokens
        + kept
        + candidates * layer * c.transformer().numLayers()
        + 4 * query * (seen * c.transformer().numLayers() - history * (history + 1) / 2);
  }

  /** Bytes of the transformer's weights, which every pass reads once. */
  double weightBytes() {
    ModelConfig c = config();
    double query = (double) c.attention().numQHeads() * c.attention().keySize();
    double key = (double) c.attention().numKvHeads() * c.attention().keySize();
    double layer = c.embSize() * (2 * query + 2 * key + 3.0 * c.transformer().ffnSize());
    return 2 * c.transformer().numLayers() * layer;
  }
}
