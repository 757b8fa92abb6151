package dev.phoenix.testing;

import dev.phoenix.checkpoint.ModelConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A builder of {@code config.json} texts. */
public final class ConfigText {
  private final Map<String, Object> keys = new LinkedHashMap<>();

  private ConfigText() {}

  /** No keys at all. */
  public static ConfigText empty() {
    return new ConfigText();
  }

  /**
   * A model of two layers of width 48, four query heads and two key heads of size 16, and two
   * hashes of each kind.
   */
  public static ConfigText small() {
    return new ConfigText()
        .with("emb_size", 48)
        .with("history_seq_len", 40)
        .with("candidate_seq_len", 64)
        .with("num_user_hashes", 2)
        .with("num_item_hashes", 2)
        .with("num_author_hashes", 2)
        .with("key_size", 16)
        .with("num_q_heads", 4)
        .with("num_kv_heads", 2)
        .with("num_layers", 2)
        .with("num_actions", 19);
  }

  /** Sets a key to a number, a boolean or JSON text. */
  public ConfigText with(String key, Object value) {
    keys.put(key, value);
    return this;
  }

  /** The configuration that the text describes. */
  public ModelConfig parse() {
    return ModelConfig.parse(toString(), "test configuration");
  }

  @Override
  public String toString() {
    return keys.entrySet().stream()
        .map(entry -> "\"%s\": %s".formatted(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }
}
