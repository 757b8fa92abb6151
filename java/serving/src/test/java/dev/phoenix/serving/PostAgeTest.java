package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.checkpoint.CorpusWriter;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.feature.CandidateFeatures;
import dev.phoenix.feature.HashedCandidates;
import dev.phoenix.feature.HashedHistory;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.pipeline.Feed;
import dev.phoenix.pipeline.FeedRequest;
import dev.phoenix.pipeline.Pipeline;
import dev.phoenix.pipeline.Stages;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Preset;
import dev.phoenix.scoring.Scorer;
import dev.phoenix.testing.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A post's age at the impression changes its score, for every source of its time of creation. */
class PostAgeTest {
  private static final long NOW = 1_700_000_000;
  private static final long HOUR = 3600;
  private static final long[] AUTHORS = {11, 12, 13, 14, 15};

  private final Random random = Seeds.random("post age");
  private final UserSequence user = Demo.user(random, 20);

  private static long snowflake(long seconds) {
    return (seconds * 1000 - 1_288_834_974_657L) << 22 | 4711;
  }

  private static final long[] POSTS = {
    snowflake(NOW - 3 * HOUR), 1234, 1235, snowflake(NOW + HOUR), snowflake(NOW - 3 * HOUR) + 1
  };

  private static EngineOptions at(long seconds) {
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(seconds));
    return Demo.options(8, 0)
        .with(
            new ServingRules(
                Optional.empty(),
                ServingRules.DEFAULT.exclude(),
                Stages.RETRIEVAL_AND_RANKING,
                clock));
  }

  /** Candidates with given age buckets. */
  private record Aged(CandidateFeatures posts, int[] buckets) implements CandidateFeatures {
    @Override
    public int count() {
      return posts.count();
    }

    @Override
    public boolean isPost(int i) {
      return posts.isPost(i);
    }

    @Override
    public void copyPost(int i, float[] to, int at) {
      posts.copyPost(i, to, at);
    }

    @Override
    public int surface(int i) {
      return posts.surface(i);
    }

    @Override
    public int ageBucket(int i) {
      return buckets[i];
    }
  }

  private float[] expected(long[] posts, long[] authors, int[] buckets) {
    Path folder = Demo.ARTIFACTS.model("ranker");
    try (Ops ops = CpuOps.create(Precision.FLOAT32, 1);
        Ranker ranker = Ranker.load(ops, folder);
        EmbeddingTables tables =
            EmbeddingTables.open(folder.resolve("embedding_tables.npz"), ranker.config())) {
      RankerOutput out = ranker.output();
      ranker.rank(
          out,
          List.of(HashedHistory.create(ranker.config(), tables, user)),
          List.of(
              new Aged(HashedCandidates.create(ranker.config(), tables, posts, authors), buckets)));
      float[] logits = new float[posts.length * out.actions()];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = out.logit(0, i / out.actions(), i % out.actions());
      }
      return logits;
    }
  }

  private static float[] logits(ServingResponse response) {
    assertNotNull(response.scores());
    return response.scores().logits();
  }

  private float[] ranked(ServingEngine engine, long[] created, long impression) {
    Task task = new Task.Rank(POSTS, AUTHORS, 0, created);
    ServingRequest patient = Demo.patient(UserHistory.of(user), task);
    return logits(
        engine
            .submit(new ServingRequest(patient.user(), task, patient.deadlineNanos(), impression))
            .answer()
            .join());
  }

  @Test
  void candidatesOfTheCallerHaveTheAgeThatIdsOrTheCallerSay() {
    long[] created = {0, NOW - 10 * HOUR, 0, 0, NOW - HOUR};
    try (ServingEngine engine = Demo.engine(at(NOW))) {
      engine.load(Demo.ARTIFACTS);
      float[] found = ranked(engine, created, 0);
      assertArrayEquals(expected(POSTS, AUTHORS, new int[] {4, 11, 0, 0, 2}), found, 0f);
      float[] unaged = expected(POSTS, AUTHORS, new int[5]);
      int actions = found.length / POSTS.length;
      for (int post : new int[] {0, 1, 4}) {
        int from = post * actions;
        assertTrue(
            !Arrays.equals(found, from, from + actions, unaged, from, from + actions),
            "the age of candidate " + post + " does not reach its score");
      }
      assertArrayEquals(
          expected(POSTS, AUTHORS, new int[] {4, 0, 0, 0, 4}), ranked(engine, new long[0], 0), 0f);
      // The request's time overrides the clock.
      assertArrayEquals(
          expected(POSTS, AUTHORS, new int[] {9, 16, 0, 5, 7}),
          ranked(engine, created, NOW + 5 * HOUR),
          0f);
    }
  }

  @Test
  void timesThatAreNoneAreRefused() {
    Task task = new Task.Recommend(1);
    Rejection refused =
        assertThrows(
            Rejection.class, () -> new ServingRequest(UserHistory.of(user), task, 0, NOW * 1000));
    assertEquals(Rejection.Reason.INVALID, refused.reason());
    long[] milliseconds = {NOW * 1000};
    assertThrows(
        Rejection.class, () -> new Task.Rank(new long[] {1}, new long[] {1}, 0, milliseconds));
  }

  @Test
  void theCorpusSaysWhenItsPostsWereCreated(@TempDir Path folder) throws IOException {
    Artifacts artifacts = Demo.copy(folder);
    Files.delete(artifacts.corpus());
    long[] created = {NOW - 20 * HOUR, 0, 0, 0, NOW - 2 * HOUR};
    int dimension;
    try (Corpus shipped = Corpus.open(Demo.ARTIFACTS.corpus())) {
      dimension = shipped.dimension();
    }
    try (CorpusWriter writer =
        CorpusWriter.create(folder.resolve("corpus.npz"), POSTS, AUTHORS, dimension)) {
      float[] vectors = new float[POSTS.length * dimension];
      for (int i = 0; i < vectors.length; i++) {
        vectors[i] = (float) random.nextGaussian();
      }
      writer.append(vectors, 0, vectors.length);
      writer.commit(List.of(), new long[0], created);
    }
    try (ServingEngine engine = Demo.engine(at(NOW));
        Ops ops = CpuOps.create(Precision.FLOAT32, 1);
        Pipeline pipeline = Pipeline.open(ops, artifacts, artifacts.corpus())) {
      engine.load(artifacts);
      ServingResponse response =
          engine.submit(Demo.patient(UserHistory.of(user), new Task.Recommend(5))).answer().join();
      long[] posts = response.posts().postIds();
      int[] buckets = new int[posts.length];
      long[] authors = response.posts().authorIds();
      for (int i = 0; i < posts.length; i++) {
        int row = Arrays.stream(POSTS).boxed().toList().indexOf(posts[i]);
        assertEquals(created[row], response.posts().created()[i]);
        buckets[i] = new int[] {21, 0, 0, 0, 3}[row];
      }
      assertArrayEquals(expected(posts, authors, buckets), logits(response), 0f);
      Scorer scorer = pipeline.scorer(Preset.PUBLISHED.options(), ActionTaxonomy.ENUM);
      FeedRequest request = FeedRequest.served(user, 5, Instant.ofEpochSecond(NOW));
      List<Feed.Item> items =
          pipeline.recommend(request, scorer).items().stream()
              .sorted(Comparator.comparingInt(Feed.Item::retrievalRank))
              .toList();
      assertEquals(5, items.size());
      for (int i = 0; i < 5; i++) {
        assertEquals(posts[i], items.get(i).postId());
        assertNotNull(response.scores());
        assertArrayEquals(
            items.get(i).probabilities(),
            Arrays.copyOfRange(response.scores().probabilities(), 19 * i, 19 * i + 19),
            0f);
      }
    }
  }
}
