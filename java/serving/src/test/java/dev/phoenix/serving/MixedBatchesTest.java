package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.HashedCandidates;
import dev.phoenix.feature.HashedHistory;
import dev.phoenix.feature.PostTimes;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.pipeline.Feed;
import dev.phoenix.pipeline.FeedRequest;
import dev.phoenix.pipeline.Pipeline;
import dev.phoenix.pipeline.Stages;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Preset;
import dev.phoenix.scoring.Scorer;
import dev.phoenix.serving.ServingResponse.Scores;
import dev.phoenix.testing.Seeds;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A response has the bits of the offline pipeline, for any other requests in the batch. */
class MixedBatchesTest {
  private static final int USERS = 24;
  private static final int REQUESTS = 160;
  private static final Instant NOW = Instant.parse("2026-05-01T00:00:00Z");

  private final Random random = Seeds.random("mixed batches");

  /** A request and the response of the offline pipeline. */
  private record Case(ServingRequest request, long[] postIds, float[] retrieval, float[] scores) {}

  /** The offline pipeline, and the ranker alone for given candidates. */
  private static final class Offline implements AutoCloseable {
    private final Ops ops = CpuOps.create(Precision.FLOAT32, 1);
    private final Pipeline pipeline = Pipeline.open(ops, Demo.ARTIFACTS, Demo.ARTIFACTS.corpus());
    private final EmbeddingTables tables =
        EmbeddingTables.open(
            Demo.ARTIFACTS.model("ranker").resolve("embedding_tables.npz"),
            pipeline.ranker().config());
    private final Scorer scorer = pipeline.scorer(Preset.PUBLISHED.options(), ActionTaxonomy.ENUM);

    Case answer(UserSequence user, Task task) {
      ServingRequest request = Demo.patient(UserHistory.of(user), task);
      if (task instanceof Task.Rank rank) {
        RankerOutput out = pipeline.ranker().output();
        var config = pipeline.ranker().config();
        pipeline
            .ranker()
            .rank(
                out,
                List.of(HashedHistory.create(config, tables, user)),
                List.of(
                    HashedCandidates.create(
                            config, tables, rank.postIds(), rank.authorIds(), rank.surface())
                        .at(new PostTimes(NOW.getEpochSecond(), new long[0]), config)));
        return new Case(request, rank.postIds(), new float[0], probabilities(out));
      }
      int k = task instanceof Task.Retrieve retrieve ? retrieve.topK() : topK(task);
      List<Feed.Item> items =
          new ArrayList<>(pipeline.recommend(FeedRequest.served(user, k, NOW), scorer).items());
      items.sort(Comparator.comparingInt(Feed.Item::retrievalRank));
      long[] posts = items.stream().mapToLong(Feed.Item::postId).toArray();
      float[] retrieval = new float[items.size()];
      float[] scores = new float[items.size() * 19];
      for (int i = 0; i < items.size(); i++) {
        retrieval[i] = items.get(i).retrievalScore();
        System.arraycopy(items.get(i).probabilities(), 0, scores, i * 19, 19);
      }
      return new Case(request, posts, retrieval, scores);
    }

    private static int topK(Task task) {
      return ((Task.Recommend) task).topK();
    }

    private static float[] probabilities(RankerOutput out) {
      float[] all = new float[out.candidates(0) * 19];
      for (int i = 0; i < all.length; i++) {
        all[i] = out.probability(0, i / 19, i % 19);
      }
      return all;
    }

    @Override
    public void close() {
      tables.close();
      pipeline.close();
      ops.close();
    }
  }

  private Task task() {
    int count = 1 + random.nextInt(90);
    return switch (random.nextInt(3)) {
      case 0 -> new Task.Rank(Demo.ids(random, count), Demo.ids(random, count), random.nextInt(20));
      case 1 -> new Task.Retrieve(count);
      default -> new Task.Recommend(count);
    };
  }

  private List<Case> cases() {
    List<UserSequence> users = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      users.add(Demo.user(random, i < 3 ? i : random.nextInt(140)));
    }
    List<Case> cases = new ArrayList<>();
    try (Offline offline = new Offline()) {
      for (int i = 0; i < REQUESTS; i++) {
        cases.add(offline.answer(users.get(random.nextInt(USERS)), task()));
      }
    }
    Collections.shuffle(cases, random);
    return cases;
  }

  /** Arguments: batch size, lanes, and a cache for no, a few or all histories. */
  @ParameterizedTest
  @CsvSource({"1, 1, 0", "7, 1, 3000000", "32, 1, 300000000", "16, 2, 300000000"})
  void everyAnswerIsThatOfTheOfflinePipeline(int batchSize, int lanes, long keptBytes) {
    List<Case> cases = cases();
    EngineOptions options = Demo.options(batchSize, keptBytes);
    ServingRules rules =
        new ServingRules(
            Optional.empty(), Exclude.SEEN, Stages.RETRIEVAL_AND_RANKING, InstantSource.fixed(NOW));
    options =
        new EngineOptions(batchSize, 2048, 2560, lanes, keptBytes, options.defaultDeadline())
            .with(rules);
    CountedMetrics metrics = new CountedMetrics();
    try (ServingEngine engine = Demo.engine(options, metrics)) {
      engine.load(Demo.ARTIFACTS);
      Set<Integer> sizes = new HashSet<>();
      boolean anyKept = false;
      for (int round = 0; round < 2; round++) {
        List<PendingRequest> pending = new ArrayList<>();
        cases.forEach(each -> pending.add(engine.submit(each.request())));
        for (int i = 0; i < cases.size(); i++) {
          ServingResponse response = pending.get(i).answer().join();
          check(cases.get(i), response);
          sizes.add(response.timing().batchSize());
          anyKept |= response.timing().history().wasKept();
        }
      }
      assertTrue(sizes.contains(batchSize), "full batches, found " + sizes);
      assertEquals(keptBytes > 0, anyKept, Seeds.replay());
      assertEquals(keptBytes > 0, metrics.found() > 0, Seeds.replay());
      assertTrue(metrics.keptBytes() <= keptBytes);
    }
  }

  private static void check(Case expected, ServingResponse found) {
    assertArrayEquals(expected.postIds(), found.posts().postIds(), Seeds.replay());
    assertArrayEquals(expected.retrieval(), found.posts().retrievalScores(), 0f, Seeds.replay());
    Scores scores = found.scores();
    if (expected.request().task() instanceof Task.Retrieve) {
      assertNull(scores);
    } else {
      assertNotNull(scores);
      assertArrayEquals(expected.scores(), scores.probabilities(), 0f, Seeds.replay());
    }
  }
}
