package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.Vocabulary;
import dev.phoenix.ops.ContinuousLoss;
import dev.phoenix.testing.ConfigText;
import java.util.Random;

/** A small model and random batches for it, which depend on the seed alone. */
final class RandomTraining {
  private static final Vocabulary VOCABULARY = new Vocabulary(60, 50, 30);

  private final ModelConfig model;

  RandomTraining(ModelConfig model) {
    this.model = model;
  }

  /** A model of one layer of width 32 and two heads, with hash parameters and vocabularies. */
  static ConfigText text() {
    return ConfigText.small()
        .with("emb_size", 32)
        .with("num_layers", 2)
        .with("history_seq_len", 20)
        .with("candidate_seq_len", 4)
        .with("user_vocab_size", VOCABULARY.user())
        .with("item_vocab_size", VOCABULARY.item())
        .with("author_vocab_size", VOCABULARY.author())
        .with(
            "hash_params",
            """
            {"user_hash_scales": [7, 11], "user_biases": [3, 5], "user_modulus": 10007,
             "item_hash_scales": [13, 17], "item_biases": [2, 9], "item_modulus": 10009,
             "author_hash_scales": [19, 23], "author_biases": [4, 8], "author_modulus": 10037}
            """);
  }

  private PostRows posts(Random random, int count) {
    int[] rows = new int[4 * count];
    for (int i = 0; i < count; i++) {
      // Few posts, so that some occur more than once.
      int post = random.nextInt(20);
      rows[4 * i] = (int) VOCABULARY.itemStart() + 1 + post;
      rows[4 * i + 1] = (int) VOCABULARY.itemStart() + 1 + (post * 7 + 3) % 49;
      rows[4 * i + 2] = (int) VOCABULARY.authorStart() + 1 + post % 5;
      rows[4 * i + 3] = (int) VOCABULARY.authorStart() + 1 + post % 7;
    }
    return new PostRows(count, rows);
  }

  HistoryBatch histories(Random random, int users) {
    int[] offsets = new int[users + 1];
    int[] userRows = new int[2 * users];
    for (int user = 0; user < users; user++) {
      offsets[user + 1] = offsets[user] + (user == 1 ? 0 : 1 + random.nextInt(20));
      for (int j = 0; user != 2 && j < 2; j++) {
        userRows[2 * user + j] = (int) VOCABULARY.userStart() + 1 + random.nextInt(59);
      }
    }
    int posts = offsets[users];
    float[] actions = new float[posts * model.actions().numActions()];
    int[] surfaces = new int[posts];
    float[] dwell = new float[posts];
    for (int i = 0; i < posts; i++) {
      surfaces[i] = random.nextInt(16);
      dwell[i] = random.nextFloat() * 40;
      for (int a = 0; i % 5 != 0 && a < model.actions().numActions(); a++) {
        actions[i * model.actions().numActions() + a] = random.nextInt(2);
      }
    }
    return new HistoryBatch(
        users, userRows, offsets, posts(random, posts), actions, surfaces, dwell);
  }

  /**
   * A batch of two queries per user with a few candidates each: positives, hard negatives and
   * others.
   */
  RetrievalBatch retrieval(long seed, int users, boolean prefixes) {
    Random random = new Random(seed);
    HistoryBatch histories = histories(random, users);
    int perUser = prefixes ? 2 : 1;
    int[] user = new int[users * perUser];
    int[] length = new int[user.length];
    int[] offsets = new int[user.length + 1];
    for (int q = 0; q < user.length; q++) {
      user[q] = q / perUser;
      length[q] = histories.length(user[q]) / (prefixes && q % 2 == 0 ? 2 : 1);
      offsets[q + 1] = offsets[q] + random.nextInt(5);
    }
    int candidates = offsets[user.length];
    boolean[] positive = new boolean[candidates];
    boolean[] hard = new boolean[candidates];
    for (int i = 0; i < candidates; i++) {
      int kind = random.nextInt(4);
      positive[i] = kind < 2;
      hard[i] = kind == 2;
    }
    return new RetrievalBatch(
        histories,
        new Queries(user, length),
        offsets,
        posts(random, candidates),
        positive,
        hard,
        posts(random, 9));
  }

  RankerBatch ranker(long seed, int users) {
    Random random = new Random(seed);
    HistoryBatch histories = histories(random, users);
    int[] offsets = new int[users + 1];
    for (int user = 0; user < users; user++) {
      offsets[user + 1] = offsets[user] + random.nextInt(7);
    }
    int count = offsets[users];
    int[] surfaces = new int[count];
    int[] ages = new int[count];
    float[] targets = new float[count * model.actions().numActions()];
    boolean[] sampled = new boolean[count];
    float[] dwell = new float[count];
    for (int i = 0; i < count; i++) {
      surfaces[i] = random.nextInt(16);
      ages[i] = random.nextInt(model.features().postAgeBuckets());
      sampled[i] = random.nextInt(3) == 0;
      dwell[i] = random.nextFloat() * 40;
      for (int a = 0; a < model.actions().numActions(); a++) {
        targets[i * model.actions().numActions() + a] = random.nextInt(2);
      }
    }
    CandidateBatch candidates = new CandidateBatch(offsets, posts(random, count), surfaces, ages);
    return new RankerBatch(histories, candidates, targets, sampled, dwell);
  }

  /** Settings with high learning rates and all optional features enabled. */
  TrainingConfig config(TrainingConfig.RetrievalLoss retrieval, double dropout) {
    return new TrainingConfig(
        model,
        new TrainingConfig.AdamW(0.003, 0.9, 0.99, 1e-8, 0.01),
        TrainingConfig.RowwiseAdagrad.DEFAULT,
        new TrainingConfig.Schedule(3, 100, 0.1, TrainingConfig.Decay.COSINE),
        1,
        dropout,
        new TrainingConfig.Initial(
            0.5, 0.5, 1, TrainingConfig.InitialPosts.RANDOM, TrainingConfig.InitialTower.RANDOM),
        retrieval,
        new TrainingConfig.RankerLoss(ContinuousLoss.HUBER, 0.5));
  }
}
