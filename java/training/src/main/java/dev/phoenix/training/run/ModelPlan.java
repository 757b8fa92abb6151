package dev.phoenix.training.run;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.TrainedOutputs;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.UserEvents;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * Chooses a model's configuration for a dataset.
 *
 * <p>Tables and hashes: where the ids of a kind lie close together, one hash with scale 1, bias 0,
 * the modulus 2^63 - 1 and as many buckets as the ids span gives every id a row of its own, so that
 * nothing collides. Ids that lie far apart get two random hashes into half as many buckets again as
 * there are ids, as the published models do it for catalogues without end; so do others for which
 * several hash functions were asked. All users share one row, unless hash functions were asked for
 * them: what a user likes is read from the history, so that it holds for users who were not trained
 * on.
 */
final class ModelPlan {
  /** Ids may span this many times their number and still get a row each. */
  private static final double SPARSEST = 2;

  private static final long MERSENNE_31 = 2_147_483_647L;

  /** A. */
  static final int ACTIONS = 19;

  private ModelPlan() {}

  /** The hash functions and buckets of one kind of id. */
  private record Hashing(long[] scales, long[] biases, long modulus, int rows) {
    private static long[] draw(SplittableRandom random, int count, long from) {
      long[] drawn = new long[count];
      for (int i = 0; i < count; i++) {
        drawn[i] = random.nextLong(from, MERSENNE_31);
      }
      return drawn;
    }

    /** One row for all ids, which {@code count} functions find. */
    static Hashing shared(int count) {
      long[] ones = new long[count];
      Arrays.fill(ones, 1);
      return new Hashing(ones, new long[count], Long.MAX_VALUE, 2);
    }

    static Hashing of(long[] ids, long seed, OptionalInt count) {
      long[] distinct = Arrays.stream(ids).filter(id -> id != 0).sorted().distinct().toArray();
      if (distinct.length == 0) {
        return shared(count.orElse(1));
      }
      long span = distinct[distinct.length - 1] - distinct[0] + 1;
      boolean dense = distinct[0] > 0 && span > 0 && span <= SPARSEST * distinct.length;
      if (dense && count.orElse(1) == 1) {
        return new Hashing(
            new long[] {1}, new long[] {0}, Long.MAX_VALUE, Math.toIntExact(span + 1));
      }
      SplittableRandom random = new SplittableRandom(seed);
      int functions = count.orElse(2);
      return new Hashing(
          draw(random, functions, 1),
          draw(random, functions, 0),
          MERSENNE_31,
          distinct.length + distinct.length / 2 + 2);
    }
  }

  /** A retrieval model for {@code dataset}. */
  public static ModelConfig retrieval(
      Dataset dataset, TrainingOptions options, RetrievalTraining.Representation representation) {
    return config(
        dataset,
        options,
        Architecture.PositionAnchor.LEFT,
        ", \"enable_linear_proj\": %s, \"user_pooling\": \"%s\""
            .formatted(representation.tower() == Tower.MLP, representation.pooling()));
  }

  /**
   * A ranker for {@code dataset}.
   *
   * @param trained outputs that its training part has labels for
   */
  public static ModelConfig ranker(
      Dataset dataset, TrainingOptions options, TrainedOutputs trained) {
    return config(
        dataset,
        options,
        Architecture.PositionAnchor.RIGHT,
        ", \"trained_actions\": %s, \"trained_continuous_actions\": %s"
            .formatted(trained.actions(), trained.continuous()));
  }

  /** One row for all users, or as many hash functions as were asked for. */
  private static Hashing users(Dataset dataset, OptionalInt count) {
    return count.isEmpty()
        ? Hashing.shared(1)
        : Hashing.of(dataset.users().stream().mapToLong(UserEvents::userId).toArray(), 3, count);
  }

  private static ModelConfig config(
      Dataset dataset, TrainingOptions options, Architecture.PositionAnchor usual, String more) {
    ModelSize size = options.size();
    Architecture architecture = options.architecture();
    Architecture.HashCounts counts = architecture.hashes();
    Hashing items = Hashing.of(dataset.catalog().postIds(), 1, counts.items());
    Hashing authors = Hashing.of(dataset.catalog().authorIds(), 2, counts.authors());
    Hashing users = users(dataset, counts.users());
    Architecture.Attention attention = architecture.attention();
    int keySize = attention.keySize().orElseGet(() -> size.dimension() / size.heads());
    String json =
        String.format(
            Locale.ROOT,
            """
            {"emb_size": %d, "history_seq_len": %d, "candidate_seq_len": %d, "num_layers": %d,
             "num_heads": %d, "num_kv_heads": %d, "key_size": %d, "attn_output_multiplier": %s,
             "widening_factor": %s, "norm_scale": %s, "use_log": %s, "right_anchored_rope": %s,
             "num_actions": %d, "num_user_hashes": %d, "num_item_hashes": %d, "num_author_hashes": %d,
             "user_vocab_size": %d, "item_vocab_size": %d, "author_vocab_size": %d,
             "hash_params": {%s, %s, %s}%s}
            """,
            size.dimension(),
            size.history(),
            size.candidates(),
            size.layers(),
            size.heads(),
            attention.keyValueHeads().orElse(size.heads()),
            keySize,
            Double.toString(attention.outputMultiplier().orElse(1 / Math.sqrt(keySize))),
            Double.toString(architecture.wideningFactor()),
            Double.toString(architecture.dwell().normScale()),
            architecture.dwell().kind() == Architecture.DwellScale.Kind.LOG,
            architecture.anchor().orElse(usual) == Architecture.PositionAnchor.RIGHT,
            ACTIONS,
            users.scales().length,
            items.scales().length,
            authors.scales().length,
            users.rows(),
            items.rows(),
            authors.rows(),
            json("user", users),
            json("item", items),
            json("author", authors),
            more);
    return ModelConfig.parse(json, "the configuration for " + dataset.source());
  }

  private static String json(String kind, Hashing hashing) {
    return "\"%s_hash_scales\": %s, \"%s_biases\": %s, \"%s_modulus\": %d"
        .formatted(
            kind,
            Arrays.toString(hashing.scales()),
            kind,
            Arrays.toString(hashing.biases()),
            kind,
            hashing.modulus());
  }
}
