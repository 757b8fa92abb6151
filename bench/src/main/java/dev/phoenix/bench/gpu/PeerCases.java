package dev.phoenix.bench.gpu;

import dev.phoenix.bench.report.Report;
import dev.phoenix.checkpoint.ModelConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the cases of the peers' scripts: a folder with arrays and {@code case.json} for each. */
final class PeerCases {
  private PeerCases() {}

  /** A fresh folder for a case. */
  static Path folder(Path root, String name) {
    try {
      return Files.createDirectories(root.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException("making " + root.resolve(name), e);
    }
  }

  /** The name of a ranking of {@code requests} requests, also used by the peers. */
  static String rankingName(ModelConfig config, int requests) {
    return "Rank %d request%s, S %d, C %d"
        .formatted(
            requests,
            requests == 1 ? "" : "s",
            config.sequence().historySeqLen(),
            config.sequence().candidateSeqLen());
  }

  /**
   * A batch for peers.
   *
   * @param name the name of this product's figure
   * @param requests the number of requests to take from the file
   * @param candidates the number of candidates of each
   * @param files the suffix of its file names
   */
  record Batch(String name, int requests, int candidates, String files) {}

  static void writeRanking(Path folder, ModelSize size, HashedModel model, List<Batch> batches) {
    ModelConfig config = size.config();
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("kind", "ranking");
    text.put("emb_size", config.embSize());
    text.put("history_seq_len", config.sequence().historySeqLen());
    text.put("candidate_seq_len", config.sequence().candidateSeqLen());
    text.put("num_heads", config.attention().numQHeads());
    text.put("num_kv_heads", config.attention().numKvHeads());
    text.put("key_size", config.attention().keySize());
    text.put("num_layers", config.transformer().numLayers());
    text.put("num_actions", config.actions().numActions());
    text.put("attn_output_multiplier", config.attention().attnOutputMultiplier());
    text.put("pool_rows", PooledBatch.POOL);
    text.put("pool_seed", PooledBatch.POOL_SEED);
    text.put("pool_unit", PooledBatch.table(config).unit());
    text.put("tolerance", RankingBenchmark.tolerance(config));
    text.put("batches", batches);
    text.put("parameters", model.parameters());
    write(folder, text);
  }

  /** Writes {@code case.json}. */
  static void write(Path folder, Map<String, Object> text) {
    Report.writeJson(folder.resolve("case.json"), text);
  }
}
