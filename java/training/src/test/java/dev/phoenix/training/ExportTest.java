package dev.phoenix.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.feature.EngagementDetails;
import dev.phoenix.feature.HashFunctions;
import dev.phoenix.feature.HashedCandidates;
import dev.phoenix.feature.HashedHistory;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.model.CorpusEncoder;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.pipeline.Feed;
import dev.phoenix.pipeline.FeedRequest;
import dev.phoenix.pipeline.Pipeline;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Preset;
import dev.phoenix.scoring.Scorer;
import dev.phoenix.testing.Closeness;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.testing.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Exported models compute the same outputs in inference as in training, for random configurations.
 * So both descriptions of a decoder layer are the same function
 * (docs/decisions/0007-backward-by-hand.md).
 */
@ParameterizedClass
@MethodSource("models")
class ExportTest {
  /** The bound of docs/model.md#8-precision. */
  private static final double BOUND = 2e-5;

  private static final int POSTS = 40;

  /** The user without a history. */
  private static final int NOBODY = 2;

  @TempDir Path folder;

  private final ModelConfig model;
  private final HashFunctions hashes;
  private final RandomTraining random;
  private final TrainingConfig config;
  private final List<User> users;

  ExportTest(ConfigText text) {
    this.model = text.parse();
    this.hashes = HashFunctions.create(model);
    this.random = new RandomTraining(model);
    this.config = random.config(TrainingConfig.RetrievalLoss.DEFAULT, 0);
    this.users = users();
  }

  /** Both poolings with positions counted from either end, each with random sizes. */
  static Stream<ConfigText> models() {
    return IntStream.range(0, 4)
        .mapToObj(
            i -> {
              Random sizes = Seeds.random("model " + i);
              return RandomTraining.text()
                  .with("candidate_seq_len", 64)
                  .with("user_pooling", i % 2 == 0 ? "\"mean\"" : "\"last\"")
                  .with("right_anchored_rope", i < 2)
                  .with("num_layers", 1 + sizes.nextInt(3))
                  .with("num_q_heads", 4)
                  .with("num_kv_heads", 1 << sizes.nextInt(3))
                  .with("key_size", 2 + 2 * sizes.nextInt(8))
                  .with("widening_factor", 1 + sizes.nextInt(4))
                  .with("attn_output_multiplier", 0.05 + sizes.nextDouble() / 4)
                  .with("history_seq_len", 20 + sizes.nextInt(20))
                  .with("use_log", sizes.nextBoolean())
                  .with("num_continuous_actions", 2 + sizes.nextInt(7))
                  .with("continuous_action_hidden_dim", 4 + sizes.nextInt(40));
            });
  }

  private static long author(long post) {
    return 900 + post % 11;
  }

  private static long[] postIds() {
    return LongStream.rangeClosed(1, POSTS).toArray();
  }

  private static long[] authorIds() {
    return Arrays.stream(postIds()).map(ExportTest::author).toArray();
  }

  private PostRows rows(long... posts) {
    int[] rows = new int[4 * posts.length];
    for (int i = 0; i < posts.length; i++) {
      for (int j = 0; j < 2; j++) {
        rows[4 * i + j] = (int) hashes.itemRow(posts[i], j);
        rows[4 * i + 2 + j] = (int) hashes.authorRow(author(posts[i]), j);
      }
    }
    return new PostRows(posts.length, rows);
  }

  /** A history and what else is known of it. */
  private record User(UserSequence sequence, EngagementDetails details) {
    int length() {
      return sequence.history().size();
    }
  }

  /** Users with a whole history, a short one and none. */
  private List<User> users() {
    Random seed = Seeds.random("users");
    return IntStream.of(model.sequence().historySeqLen(), 5, 0, 12)
        .mapToObj(
            length -> {
              List<Engagement> history = new ArrayList<>();
              int[] surfaces = new int[length];
              float[] dwell = new float[length];
              for (int i = 0; i < length; i++) {
                long post = 1L + seed.nextInt(POSTS);
                SortedMap<Integer, Float> actions = new TreeMap<>();
                actions.put(seed.nextInt(model.actions().numActions()), 1f);
                history.add(new Engagement(post, author(post), actions));
                surfaces[i] = seed.nextInt(16);
                dwell[i] = seed.nextFloat() * 40;
              }
              return new User(
                  new UserSequence(1 + seed.nextInt(1000), history),
                  new EngagementDetails(surfaces, dwell));
            })
        .toList();
  }

  private List<HistoryFeatures> features(EmbeddingTables tables) {
    return users.stream()
        .<HistoryFeatures>map(
            user -> HashedHistory.create(model, tables, user.sequence(), user.details()))
        .toList();
  }

  private HistoryBatch histories() {
    int[] rows = new int[2 * users.size()];
    int[] offsets = new int[users.size() + 1];
    for (int user = 0; user < users.size(); user++) {
      for (int j = 0; j < 2; j++) {
        rows[2 * user + j] = (int) hashes.userRow(users.get(user).sequence().userId(), j);
      }
      offsets[user + 1] = offsets[user] + users.get(user).length();
    }
    List<Engagement> history =
        users.stream().flatMap(user -> user.sequence().history().stream()).toList();
    float[] actions = new float[history.size() * model.actions().numActions()];
    for (int i = 0; i < history.size(); i++) {
      for (int action : history.get(i).actions().keySet()) {
        actions[i * model.actions().numActions() + action] = 1;
      }
    }
    float[] dwell = new float[history.size()];
    for (int user = 0; user < users.size(); user++) {
      float[] known = users.get(user).details().dwellSeconds();
      System.arraycopy(known, 0, dwell, offsets[user], known.length);
    }
    return new HistoryBatch(
        users.size(),
        rows,
        offsets,
        rows(history.stream().mapToLong(Engagement::postId).toArray()),
        actions,
        users.stream().flatMapToInt(user -> IntStream.of(user.details().surfaces())).toArray(),
        dwell);
  }

  @Test
  void modelsOfTheExportAgreeWithTheTrainersAndThePipelineRunsOnThem() {
    HistoryBatch histories = histories();
    Path retrievalFolder = folder.resolve("retrieval");
    Path rankerFolder = folder.resolve("ranker");
    try (GradientOps ops = CpuGradientOps.create(2);
        RetrievalTrainer retrieval = RetrievalTrainer.init(ops, config, 1);
        RankerTrainer rankerTrainer = RankerTrainer.init(ops, config, 2)) {
      for (int step = 0; step < 3; step++) {
        retrieval.update(random.retrieval(step, 10, false));
        rankerTrainer.update(random.ranker(step, 10));
      }
      retrieval.export(retrievalFolder);
      rankerTrainer.export(rankerFolder);
      checkRetrieval(ops, retrieval, histories);
      checkRanker(ops, rankerTrainer, histories);
      checkPipeline(ops, retrieval.retrieve(histories, rows(postIds()), 5));
    }
  }

  /** The pipeline knows no more of a request than its sequence: that of a user without details. */
  private void checkPipeline(GradientOps ops, TopK best) {
    Artifacts artifacts = new Artifacts(folder);
    try (Pipeline pipeline = Pipeline.open(ops, artifacts, artifacts.corpus())) {
      Scorer scorer = pipeline.scorer(Preset.PUBLISHED.options(), ActionTaxonomy.ENUM);
      FeedRequest request = FeedRequest.published(users.get(NOBODY).sequence(), 5);
      Feed feed = pipeline.recommend(request, scorer);
      int[] found = feed.items().stream().mapToInt(Feed.Item::corpusIndex).sorted().toArray();
      int[] expected = Arrays.copyOfRange(best.indices(), 5 * NOBODY, 5 * NOBODY + 5);
      Arrays.sort(expected);
      assertEquals(Arrays.toString(expected), Arrays.toString(found));
    }
  }

  private void checkRetrieval(GradientOps ops, RetrievalTrainer trainer, HistoryBatch histories) {
    Path directory = folder.resolve("retrieval");
    int d = model.embSize();
    float[] expected = new float[users.size() * d];
    trainer.encodeUsers(expected, histories);
    float[] posts = new float[POSTS * d];
    trainer.encodeCandidates(posts, rows(postIds()));
    try (RetrievalModel loaded = RetrievalModel.load(ops, directory);
        EmbeddingTables tables =
            EmbeddingTables.open(directory.resolve("embedding_tables.npz"), loaded.config())) {
      float[] found = new float[expected.length];
      loaded.encodeUsers(found, new float[users.size()], features(tables));
      Closeness.assertWithin("user", expected, found, i -> BOUND);
      float[] foundPosts = new float[posts.length];
      loaded.encodePosts(
          foundPosts, 0, HashedCandidates.create(model, tables, postIds(), authorIds()));
      Closeness.assertWithin("posts", posts, foundPosts, i -> BOUND);
      CorpusEncoder.encode(
          loaded,
          tables,
          new CorpusEncoder.Posts(postIds(), authorIds(), List.of()),
          folder.resolve("corpus.npz"),
          done -> {});
    }
  }

  private void checkRanker(GradientOps ops, RankerTrainer trainer, HistoryBatch histories) {
    Path directory = folder.resolve("ranker");
    int all = users.size() * POSTS;
    float[] probabilities = new float[all * model.actions().numActions()];
    float[] continuous = new float[all * model.actions().numContinuousActions()];
    int[] offsets = IntStream.rangeClosed(0, users.size()).map(user -> user * POSTS).toArray();
    long[] ids = users.stream().flatMapToLong(_ -> LongStream.of(postIds())).toArray();
    CandidateBatch candidates = new CandidateBatch(offsets, rows(ids), new int[all], new int[all]);
    trainer.score(probabilities, continuous, histories, candidates);
    try (Ranker loaded = Ranker.load(ops, directory);
        EmbeddingTables tables =
            EmbeddingTables.open(directory.resolve("embedding_tables.npz"), loaded.config())) {
      RankerOutput output = loaded.output();
      HashedCandidates posts = HashedCandidates.create(model, tables, postIds(), authorIds());
      loaded.rank(output, features(tables), Collections.nCopies(users.size(), posts));
      float[] found = new float[probabilities.length];
      float[] foundContinuous = new float[continuous.length];
      for (int row = 0; row < all; row++) {
        int user = row / POSTS;
        int post = row % POSTS;
        for (int action = 0; action < model.actions().numActions(); action++) {
          found[row * model.actions().numActions() + action] =
              output.probability(user, post, action);
        }
        for (int value = 0; value < model.actions().numContinuousActions(); value++) {
          foundContinuous[row * model.actions().numContinuousActions() + value] =
              output.continuous(user, post, value);
        }
      }
      Closeness.assertWithin("probabilities", probabilities, found, i -> BOUND);
      Closeness.assertWithin("continuous outputs", continuous, foundContinuous, i -> BOUND);
    }
  }
}
