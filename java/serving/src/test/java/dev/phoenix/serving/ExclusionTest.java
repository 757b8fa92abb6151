package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.testing.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Excluded posts are in no response, which still has K posts. */
class ExclusionTest {
  private static final int K = 50;

  private final Random random = Seeds.random("exclusion");
  private final long[] corpus = corpus();

  private static long[] corpus() {
    try (Corpus file = Corpus.open(Demo.ARTIFACTS.corpus())) {
      return LongStream.range(0, file.size()).map(file::postId).toArray();
    }
  }

  /** A user who took {@code count} posts of the corpus: more than the model reads. */
  private UserSequence user(int count) {
    List<Engagement> history = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TreeMap<Integer, Float> actions = new TreeMap<>();
      actions.put(1, 1f);
      history.add(new Engagement(corpus[random.nextInt(corpus.length)], 1, actions));
    }
    return new UserSequence(1 + random.nextInt(1000), history);
  }

  private static Task retrieve(Exclusion exclusion) {
    return new Task.Retrieve(K, CorpusChoice.DEFAULT, exclusion);
  }

  private static long[] ids(ServingEngine engine, UserSequence user, Task task) {
    ServingRequest request = Demo.patient(UserHistory.of(user), task);
    return engine.submit(request).answer().join().posts().postIds();
  }

  private static boolean none(long[] found, ExcludedPosts excluded) {
    return Arrays.stream(found).noneMatch(excluded::contains);
  }

  private static ExcludedPosts seen(UserSequence user) {
    return Exclude.SEEN.of(user.history().stream().mapToLong(Engagement::postId).toArray());
  }

  @Test
  void postsOfTheWholeHistoryAreLeftOutUnlessTheRequestSaysNone() {
    UserSequence user = user(150);
    try (ServingEngine engine = Demo.engine(Demo.options(8, 0))) {
      engine.load(Demo.ARTIFACTS);
      long[] again = ids(engine, user, retrieve(Exclusion.of(Exclude.NONE)));
      UserSequence ofFound = with(user, Arrays.copyOf(again, 20));
      long[] all = ids(engine, ofFound, retrieve(Exclusion.of(Exclude.NONE)));
      long[] found = ids(engine, ofFound, new Task.Retrieve(K));
      assertEquals(K, found.length);
      assertTrue(none(found, seen(ofFound)), Seeds.replay());
      long[] left = Arrays.stream(all).filter(id -> !seen(ofFound).contains(id)).toArray();
      assertTrue(left.length < K, Seeds.replay());
      // The other posts are found in the same order with and without the exclusion.
      assertArrayEquals(left, Arrays.copyOf(found, left.length), Seeds.replay());
      ServingResponse feed =
          engine
              .submit(Demo.patient(UserHistory.of(ofFound), new Task.Recommend(K)))
              .answer()
              .join();
      assertArrayEquals(found, feed.posts().postIds());
    }
  }

  private static UserSequence with(UserSequence user, long[] earlier) {
    List<Engagement> history = new ArrayList<>();
    for (long post : earlier) {
      history.add(new Engagement(post, 1, new TreeMap<>()));
    }
    history.addAll(user.history());
    return new UserSequence(user.userId(), history);
  }

  @Test
  void thousandsOfPostsMayBeNamed() {
    UserSequence user = user(10);
    long[] named = Arrays.stream(corpus).filter(id -> id % 5 != 0).toArray();
    assertTrue(named.length > 3000, "named " + named.length);
    Exclusion exclusion = new Exclusion(Optional.of(Exclude.NONE), ExcludedPosts.of(named));
    try (ServingEngine engine = Demo.engine(Demo.options(8, 0))) {
      engine.load(Demo.ARTIFACTS);
      long[] found = ids(engine, user, retrieve(exclusion));
      assertEquals(K, found.length);
      assertTrue(Arrays.stream(found).allMatch(id -> id % 5 == 0));
      Exclusion tooMany =
          new Exclusion(
              Optional.empty(), ExcludedPosts.of(LongStream.rangeClosed(1, 16_385).toArray()));
      ServingRequest request = Demo.patient(UserHistory.of(user), retrieve(tooMany));
      Rejection refused = assertThrows(Rejection.class, () -> engine.submit(request));
      assertEquals("excluded posts: expected at most 16384, found 16385", refused.getMessage());
    }
  }

  @Test
  void requestsOfABatchHaveTheAnswersThatTheyHaveAlone() {
    List<ServingRequest> requests = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      long[] named = random.longs(i * 40L).map(any -> corpus[(int) (any & 1023)]).toArray();
      Exclusion exclusion =
          new Exclusion(
              i % 3 == 0 ? Optional.of(Exclude.NONE) : Optional.empty(), ExcludedPosts.of(named));
      Task task =
          i % 2 == 0 ? retrieve(exclusion) : new Task.Recommend(K, CorpusChoice.DEFAULT, exclusion);
      requests.add(Demo.patient(UserHistory.of(user(i * 5)), task));
    }
    List<ServingResponse> alone = new ArrayList<>();
    try (ServingEngine engine = Demo.engine(Demo.options(1, 0))) {
      engine.load(Demo.ARTIFACTS);
      requests.forEach(request -> alone.add(engine.submit(request).answer().join()));
    }
    boolean shared = false;
    try (ServingEngine engine = Demo.engine(Demo.options(32, 0))) {
      engine.load(Demo.ARTIFACTS);
      List<PendingRequest> pending = requests.stream().map(engine::submit).toList();
      for (int i = 0; i < pending.size(); i++) {
        ServingResponse found = pending.get(i).answer().join();
        ServingResponse expected = alone.get(i);
        assertArrayEquals(expected.posts().postIds(), found.posts().postIds(), Seeds.replay());
        assertArrayEquals(expected.posts().retrievalScores(), found.posts().retrievalScores(), 0f);
        if (expected.scores() != null) {
          assertNotNull(found.scores());
          assertArrayEquals(expected.scores().logits(), found.scores().logits(), 0f);
        }
        shared |= found.timing().batchSize() > 1;
      }
    }
    assertTrue(shared, "no batch of more than one request");
  }
}
