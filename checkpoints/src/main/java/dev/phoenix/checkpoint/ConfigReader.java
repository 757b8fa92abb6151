package dev.phoenix.checkpoint;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Reads a model configuration from JSON and checks every value's range. */
final class ConfigReader {
  private static final System.Logger LOGGER = System.getLogger(ConfigReader.class.getName());

  /** Keys for training only, which are ignored. */
  private static final Set<String> TRAINING_KEYS =
      Set.of("num_global_negatives", "continuous_loss_weight", "continuous_loss", "optimizer");

  private static final int MAX_WIDTH = 1 << 14;
  private static final int MAX_LENGTH = 1 << 16;
  private static final int MAX_COUNT = 1 << 10;
  private static final int MAX_HASHES = 64;
  private static final int MAX_ACTIONS = 128;

  /**
   * Upper bound from the shared memory of the history_features kernel, which also holds the
   * actions.
   */
  private static final int MAX_CONTINUOUS_HIDDEN = 1024;

  private static final int MAX_POST_AGE_GRANULARITY = 4800;
  private static final double MAX_RETRIEVAL_WEIGHT = 1e6;
  private static final int MAX_TOP_K = 1 << 20;
  private static final int DEFAULT_PRODUCT_SURFACES = 16;
  private static final int DEFAULT_POST_AGE_GRANULARITY = 60;
  private static final double DEFAULT_WIDENING = 2.0;
  private static final double DEFAULT_ATTENTION_MULTIPLIER = 0.125;
  private static final double DEFAULT_NORM_SCALE = 30.0;
  private static final int DEFAULT_CONTINUOUS_ACTIONS = 8;
  private static final int DEFAULT_CONTINUOUS_HIDDEN = 64;

  /** Number of posts that the published pipeline retrieves (docs/model.md#7-pipeline). */
  private static final int DEFAULT_TOP_K = 200;

  private final JsonPlace root;

  private ConfigReader(JsonPlace root) {
    this.root = root;
  }

  static ModelConfig read(JsonPlace root) {
    return new ConfigReader(root).read();
  }

  private ModelConfig read() {
    ModelConfig config =
        new ModelConfig(transformer(), hashing(), features(), actions(), retrieval());
    if (config.transformer().ffnSize() < 1) {
      throw root.member("widening_factor")
          .refuse("a factor that leaves a feed-forward layer for emb_size " + config.embSize());
    }
    warnOfUnread(root, TRAINING_KEYS);
    return config;
  }

  private ModelConfig.Transformer transformer() {
    return new ModelConfig.Transformer(
        required("emb_size", MAX_WIDTH),
        sequence(),
        required("num_layers", MAX_COUNT),
        attention(),
        positive("widening_factor", 64, DEFAULT_WIDENING));
  }

  private ModelConfig.Sequence sequence() {
    return new ModelConfig.Sequence(
        required("history_seq_len", MAX_LENGTH),
        required("candidate_seq_len", MAX_LENGTH),
        historyEnd(),
        flag("right_anchored_rope", false));
  }

  private ModelConfig.Attention attention() {
    int queryHeads = queryHeads();
    return new ModelConfig.Attention(
        keySize(),
        queryHeads,
        keyValueHeads(queryHeads),
        positive("attn_output_multiplier", 1000, DEFAULT_ATTENTION_MULTIPLIER));
  }

  private ModelConfig.Hashing hashing() {
    ModelConfig.HashCounts counts =
        new ModelConfig.HashCounts(
            required("num_user_hashes", MAX_HASHES),
            required("num_item_hashes", MAX_HASHES),
            required("num_author_hashes", MAX_HASHES),
            optional("num_ip_hashes", 0, MAX_HASHES, 0));
    return new ModelConfig.Hashing(counts, vocabulary(), hashes(counts));
  }

  private ModelConfig.Features features() {
    return new ModelConfig.Features(
        optional("product_surface_vocab_size", 1, MAX_LENGTH, DEFAULT_PRODUCT_SURFACES),
        optional(
            "post_age_granularity_mins", 1, MAX_POST_AGE_GRANULARITY, DEFAULT_POST_AGE_GRANULARITY),
        positive("norm_scale", 1e9, DEFAULT_NORM_SCALE),
        flag("use_log", false),
        optional(
            "continuous_action_hidden_dim", 1, MAX_CONTINUOUS_HIDDEN, DEFAULT_CONTINUOUS_HIDDEN));
  }

  private ModelConfig.Actions actions() {
    return new ModelConfig.Actions(
        required("num_actions", MAX_ACTIONS),
        optional("num_continuous_actions", 1, MAX_ACTIONS, DEFAULT_CONTINUOUS_ACTIONS),
        trained());
  }

  private ModelConfig.Retrieval retrieval() {
    return new ModelConfig.Retrieval(
        flag("enable_linear_proj", true),
        userPooling(),
        optional("top_k", 1, MAX_TOP_K, DEFAULT_TOP_K),
        retrievalWeight());
  }

  private int queryHeads() {
    JsonPlace plain = root.member("num_heads");
    JsonPlace query = root.member("num_q_heads");
    if (!query.isPresent()) {
      return plain.integer(1, MAX_COUNT);
    }
    int heads = query.integer(1, MAX_COUNT);
    if (plain.isPresent() && plain.integer(1, MAX_COUNT) != heads) {
      throw plain.refuse(heads + " heads as in num_q_heads");
    }
    return heads;
  }

  private int keyValueHeads(int queryHeads) {
    JsonPlace place = root.member("num_kv_heads");
    int heads = place.isPresent() ? place.integer(1, MAX_COUNT) : queryHeads;
    if (queryHeads % heads != 0) {
      throw place.refuse("a divisor of the " + queryHeads + " query heads");
    }
    return heads;
  }

  private int keySize() {
    JsonPlace place = root.member("key_size");
    int size = place.integer(2, MAX_COUNT);
    if (size % 2 != 0) {
      throw place.refuse("an even size, for rotary positions turn pairs");
    }
    return size;
  }

  private Optional<Vocabulary> vocabulary() {
    JsonPlace user = root.member("user_vocab_size");
    JsonPlace item = root.member("item_vocab_size");
    JsonPlace author = root.member("author_vocab_size");
    if (!user.isPresent() && !item.isPresent() && !author.isPresent()) {
      return Optional.empty();
    }
    // Row 0 of each table is padding, so hashing needs at least 2 rows.
    return Optional.of(
        new Vocabulary(
            user.integer(2, Integer.MAX_VALUE),
            item.integer(2, Integer.MAX_VALUE),
            author.integer(2, Integer.MAX_VALUE),
            ipRows()));
  }

  /** The rows of the optional table of IP ids; 0 for none. */
  private int ipRows() {
    JsonPlace ip = root.member("ip_vocab_size");
    int rows = ip.isPresent() ? ip.integer(0, Integer.MAX_VALUE) : 0;
    if (rows == 1) {
      throw ip.refuse("0 for no table, or 2 and more");
    }
    return rows;
  }

  private Optional<HashConfig> hashes(ModelConfig.HashCounts counts) {
    JsonPlace place = root.member("hash_params");
    if (!place.isPresent()) {
      return Optional.empty();
    }
    HashConfig hashes =
        new HashConfig(
            hashes(place, "user", counts.user()),
            hashes(place, "item", counts.item()),
            hashes(place, "author", counts.author()),
            ipHashes(place, counts.ip()));
    warnOfUnread(place, Set.of());
    return Optional.of(hashes);
  }

  private Optional<HashParameters> ipHashes(JsonPlace place, int count) {
    boolean given = place.member("ip_hash_scales").isPresent();
    place.member("ip_biases");
    place.member("ip_modulus");
    return given && count > 0 ? Optional.of(hashes(place, "ip", count)) : Optional.empty();
  }

  private static HashParameters hashes(JsonPlace place, String kind, int count) {
    return new HashParameters(
        longs(place.member(kind + "_hash_scales"), count),
        longs(place.member(kind + "_biases"), count),
        place.member(kind + "_modulus").integer(1, Long.MAX_VALUE));
  }

  private static long[] longs(JsonPlace place, int count) {
    List<JsonPlace> elements = place.elements();
    if (elements.size() != count) {
      throw place.refuse("an array of " + count + " integers, one a hash");
    }
    return elements.stream().mapToLong(e -> e.integer(Long.MIN_VALUE, Long.MAX_VALUE)).toArray();
  }

  private int required(String key, int max) {
    return root.member(key).integer(1, max);
  }

  private int optional(String key, int min, int max, int otherwise) {
    JsonPlace place = root.member(key);
    return place.isPresent() ? place.integer(min, max) : otherwise;
  }

  private double positive(String key, double max, double otherwise) {
    JsonPlace place = root.member(key);
    return place.isPresent() ? place.number(0, max) : otherwise;
  }

  private boolean flag(String key, boolean otherwise) {
    JsonPlace place = root.member(key);
    return place.isPresent() ? place.bool() : otherwise;
  }

  private UserPooling userPooling() {
    JsonPlace place = root.member("user_pooling");
    if (!place.isPresent()) {
      return UserPooling.MEAN;
    }
    return place
        .text()
        .flatMap(UserPooling::of)
        .orElseThrow(() -> place.refuse(UserPooling.words()));
  }

  private HistoryEnd historyEnd() {
    JsonPlace place = root.member("history_end");
    if (!place.isPresent()) {
      return HistoryEnd.LAST;
    }
    return place.text().flatMap(HistoryEnd::of).orElseThrow(() -> place.refuse(HistoryEnd.words()));
  }

  private double retrievalWeight() {
    JsonPlace place = root.member("retrieval_weight");
    return place.isPresent() ? place.numberFrom(0, MAX_RETRIEVAL_WEIGHT) : 0;
  }

  private Optional<TrainedOutputs> trained() {
    JsonPlace actions = root.member("trained_actions");
    JsonPlace continuous = root.member("trained_continuous_actions");
    if (!actions.isPresent() && !continuous.isPresent()) {
      return Optional.empty();
    }
    return Optional.of(new TrainedOutputs(indices(actions), indices(continuous)));
  }

  private static SortedSet<Integer> indices(JsonPlace place) {
    SortedSet<Integer> indices = new TreeSet<>();
    if (place.isPresent()) {
      place.elements().forEach(e -> indices.add(e.integer(0, MAX_ACTIONS - 1)));
    }
    return indices;
  }

  private static void warnOfUnread(JsonPlace place, Set<String> known) {
    for (String key : place.unread()) {
      if (!known.contains(key)) {
        LOGGER.log(Level.WARNING, "{0}: unknown key ignored", place.member(key));
      }
    }
  }
}
