package dev.phoenix.bench.gpu;

import dev.phoenix.checkpoint.ModelConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the peers' scripts are told, beside the arrays: {@code case.json} in a folder of its own.
 */
final class PeerCases {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private PeerCases() {}

  /** A fresh folder for a case. */
  static Path folder(Path root, String name) {
    try {
      return Files.createDirectories(root.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException("making " + root.resolve(name), e);
    }
  }

  /** What a ranking of this many requests is called, here and by the peers. */
  static String rankingName(ModelConfig config, int requests) {
    return "Rank %d request%s, S %d, C %d"
        .formatted(
            requests, requests == 1 ? "" : "s", config.historySeqLen(), config.candidateSeqLen());
  }

  /**
   * A batch that peers are timed with.
   *
   * @param name of our figure
   * @param requests how many of those in the file
   * @param candidates of each
   * @param files what the names of its files end in
   */
  record Batch(String name, int requests, int candidates, String files) {}

  static void writeRanking(Path folder, ModelSize size, HashedModel model, List<Batch> batches) {
    ModelConfig config = size.config();
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("kind", "ranking");
    text.put("emb_size", config.embSize());
    text.put("history_seq_len", config.historySeqLen());
    text.put("candidate_seq_len", config.candidateSeqLen());
    text.put("num_heads", config.numQHeads());
    text.put("num_kv_heads", config.numKvHeads());
    text.put("key_size", config.keySize());
    text.put("num_layers", config.numLayers());
    text.put("num_actions", config.numActions());
    text.put("attn_output_multiplier", config.attnOutputMultiplier());
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
    try {
      Path temporary = folder.resolve("case.json.tmp");
      Files.writeString(temporary, JSON.writeValueAsString(text));
      Files.move(
          temporary,
          folder.resolve("case.json"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING,
          java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + folder.resolve("case.json"), e);
    }
  }
}
