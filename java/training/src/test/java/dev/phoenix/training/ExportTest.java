package dev.phoenix.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserPooling;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.feature.HashFunctions;
import dev.phoenix.feature.HashedCandidates;
import dev.phoenix.feature.HashedHistory;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that exported models give the same results in inference as in training. */
@ParameterizedClass
@EnumSource(UserPooling.class)
class ExportTest {
  /** The bound of docs/model.md#8-precision. */
  private static final double BOUND = 2e-5;

  private static final int POSTS = 40;

  @TempDir Path folder;

  private final ModelConfig model;
  private final HashFunctions hashes;
  private final RandomTraining random;
  private final TrainingConfig config;

  ExportTest(UserPooling pooling) {
    this.model =
        RandomTraining.text()
            .with("candidate_seq_len", 64)
            .with("user_pooling", '"' + pooling.toString() + '"')
            .parse();
    this.hashes = HashFunctions.create(model);
    this.random = new RandomTraining(model);
    this.config = random.config(TrainingConfig.RetrievalLoss.DEFAULT, 0);
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

  private static UserSequence sequence() {
    List<Engagement> history = new ArrayList<>();
    for (long post = 3; post < 15; post += 2) {
      SortedMap<Integer, Float> actions = new TreeMap<>();
      actions.put((int) post % 19, 1f);
      history.add(new Engagement(post, author(post), actions));
    }
    return new UserSequence(77, history);
  }

  private HistoryBatch histories(UserSequence sequence) {
    long[] posts = sequence.history().stream().mapToLong(Engagement::postId).toArray();
    float[] actions = new float[posts.length * model.numActions()];
    for (int i = 0; i < posts.length; i++) {
      for (int action : sequence.history().get(i).actions().keySet()) {
        actions[i * model.numActions() + action] = 1;
      }
    }
    int[] user = {(int) hashes.userRow(77, 0), (int) hashes.userRow(77, 1)};
    return new HistoryBatch(
        1,
        user,
        new int[] {0, posts.length},
        rows(posts),
        actions,
        new int[posts.length],
        new float[0]);
  }

  @Test
  void modelsOfTheExportAgreeWithTheTrainersAndThePipelineRunsOnThem() {
    UserSequence sequence = sequence();
    HistoryBatch histories = histories(sequence);
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
      checkRetrieval(ops, retrieval, histories, sequence);
      checkRanker(ops, rankerTrainer, histories, sequence);
      TopK best = retrieval.retrieve(histories, rows(postIds()), 5);
      Artifacts artifacts = new Artifacts(folder);
      try (Pipeline pipeline = Pipeline.open(ops.ops(), artifacts, artifacts.corpus())) {
        Scorer scorer = pipeline.scorer(Preset.PUBLISHED.options(), ActionTaxonomy.ENUM);
        Feed feed = pipeline.recommend(FeedRequest.published(sequence, 5), scorer);
        int[] found = feed.items().stream().mapToInt(Feed.Item::corpusIndex).sorted().toArray();
        int[] expected = best.indices().clone();
        Arrays.sort(expected);
        assertEquals(Arrays.toString(expected), Arrays.toString(found));
      }
    }
  }

  private void checkRetrieval(
      GradientOps ops, RetrievalTrainer trainer, HistoryBatch histories, UserSequence sequence) {
    Path directory = folder.resolve("retrieval");
    int d = model.embSize();
    float[] expected = new float[d];
    trainer.encodeUsers(expected, histories);
    float[] posts = new float[POSTS * d];
    trainer.encodeCandidates(posts, rows(postIds()));
    try (RetrievalModel loaded = RetrievalModel.load(ops.ops(), directory);
        EmbeddingTables tables =
            EmbeddingTables.open(directory.resolve("embedding_tables.npz"), loaded.config())) {
      float[] found = new float[d];
      loaded.encodeUsers(
          found, new float[1], List.of(HashedHistory.create(model, tables, sequence)));
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

  private void checkRanker(
      GradientOps ops, RankerTrainer trainer, HistoryBatch histories, UserSequence sequence) {
    Path directory = folder.resolve("ranker");
    float[] probabilities = new float[POSTS * model.numActions()];
    float[] continuous = new float[POSTS * model.numContinuousActions()];
    trainer.score(
        probabilities,
        continuous,
        histories,
        new CandidateBatch(new int[] {0, POSTS}, rows(postIds()), new int[POSTS], new int[POSTS]));
    try (Ranker loaded = Ranker.load(ops.ops(), directory);
        EmbeddingTables tables =
            EmbeddingTables.open(directory.resolve("embedding_tables.npz"), loaded.config())) {
      RankerOutput output = loaded.output();
      loaded.rank(
          output,
          List.of(HashedHistory.create(model, tables, sequence)),
          List.of(HashedCandidates.create(model, tables, postIds(), authorIds())));
      for (int post = 0; post < POSTS; post++) {
        for (int action = 0; action < model.numActions(); action++) {
          assertEquals(
              probabilities[post * model.numActions() + action],
              output.probability(0, post, action),
              BOUND);
        }
        assertEquals(
            continuous[post * output.continuousActions() + 1],
            output.continuous(0, post, 1),
            BOUND);
      }
    }
  }
}
