package dev.phoenix.checkpoint;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes a model configuration as the {@code config.json} that {@link ModelConfig#read} reads. */
public final class ConfigWriter {
  private ConfigWriter() {}

  /** Replaces {@code target} atomically. */
  public static void write(Path target, ModelConfig config) {
    AtomicFile.write(target, json(config).getBytes(StandardCharsets.UTF_8));
  }

  /** The configuration as JSON, with every key. */
  public static String json(ModelConfig config) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("emb_size", config.embSize());
    keys.put("history_seq_len", config.sequence().historySeqLen());
    keys.put("candidate_seq_len", config.sequence().candidateSeqLen());
    keys.put("num_user_hashes", config.hashCounts().user());
    keys.put("num_item_hashes", config.hashCounts().item());
    keys.put("num_author_hashes", config.hashCounts().author());
    keys.put("product_surface_vocab_size", config.features().productSurfaceVocabSize());
    keys.put("key_size", config.attention().keySize());
    keys.put("num_heads", config.attention().numQHeads());
    keys.put("num_kv_heads", config.attention().numKvHeads());
    keys.put("num_layers", config.transformer().numLayers());
    keys.put("num_actions", config.actions().numActions());
    config
        .vocabulary()
        .ifPresent(
            vocabulary -> {
              keys.put("user_vocab_size", vocabulary.user());
              keys.put("item_vocab_size", vocabulary.item());
              keys.put("author_vocab_size", vocabulary.author());
              if (vocabulary.ip() > 0) {
                keys.put("ip_vocab_size", vocabulary.ip());
              }
            });
    config.hashing().constants().ifPresent(hashes -> keys.put("hash_params", hashes(hashes)));
    keys.put("post_age_granularity_mins", config.features().postAgeGranularityMins());
    keys.put("widening_factor", config.transformer().wideningFactor());
    keys.put("attn_output_multiplier", config.attention().attnOutputMultiplier());
    keys.put("right_anchored_rope", config.sequence().rightAnchoredRope());
    keys.put("num_ip_hashes", config.hashCounts().ip());
    keys.put("norm_scale", config.features().normScale());
    keys.put("use_log", config.features().useLog());
    keys.put("enable_linear_proj", config.retrieval().enableLinearProj());
    // The published layout lacks this key, so the default is not written.
    if (config.retrieval().userPooling() != UserPooling.MEAN) {
      keys.put("user_pooling", '"' + config.retrieval().userPooling().toString() + '"');
    }
    keys.put("top_k", config.retrieval().topK());
    keys.put("history_end", '"' + config.sequence().historyEnd().toString() + '"');
    keys.put("num_continuous_actions", config.actions().numContinuousActions());
    keys.put("continuous_action_hidden_dim", config.features().continuousHiddenDim());
    config
        .actions()
        .trained()
        .ifPresent(
            trained -> {
              keys.put("trained_actions", trained.actions());
              keys.put("trained_continuous_actions", trained.continuous());
            });
    if (config.retrieval().retrievalWeight() != 0) {
      keys.put("retrieval_weight", config.retrieval().retrievalWeight());
    }
    return object(keys, "  ") + "\n";
  }

  private static String hashes(HashConfig hashes) {
    Map<String, Object> keys = new LinkedHashMap<>();
    put(keys, "user", hashes.user());
    put(keys, "item", hashes.item());
    put(keys, "author", hashes.author());
    hashes.ip().ifPresent(ip -> put(keys, "ip", ip));
    return object(keys, "    ");
  }

  private static void put(Map<String, Object> keys, String kind, HashParameters hash) {
    keys.put(kind + "_hash_scales", longs(hash.count(), hash::scale));
    keys.put(kind + "_biases", longs(hash.count(), hash::bias));
    keys.put(kind + "_modulus", hash.modulus());
  }

  private static String longs(int count, IntToLongFunction value) {
    return Arrays.toString(IntStream.range(0, count).mapToLong(value).toArray());
  }

  private static String object(Map<String, Object> keys, String indent) {
    return keys.entrySet().stream()
        .map(entry -> indent + "\"" + entry.getKey() + "\": " + entry.getValue())
        .collect(Collectors.joining(",\n", "{\n", "\n" + indent.substring(2) + "}"));
  }
}
