package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.checkpoint.CorpusWriter;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.corpus.CorpusException;
import dev.phoenix.corpus.CorpusSettings;
import dev.phoenix.corpus.Durability;
import dev.phoenix.corpus.Filter;
import dev.phoenix.corpus.Post;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.testing.RandomModel;
import dev.phoenix.testing.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Changes of corpora while an engine serves. */
class LiveCorporaTest {
  private static final CorpusChoice FRESH = new CorpusChoice(List.of("fresh"), Filter.EVERY);
  private static final CorpusSettings SETTINGS =
      new CorpusSettings(Durability.SYSTEM, 64, 1000, 10_000);

  @TempDir Path folder;
  private final Random random = Seeds.random("live corpora");
  private final CountedMetrics metrics = new CountedMetrics();
  private final UserHistory user = UserHistory.of(Demo.user(random, 12));

  private ServingEngine engine() {
    return ServingEngine.create(
        Demo.options(8, 10_000_000),
        RequestLimits.DEFAULT,
        () -> CpuOps.create(Precision.FLOAT32, 1),
        metrics,
        new LiveCorpora(
            folder.resolve("live"),
            List.of("fresh"),
            SETTINGS,
            () -> CpuOps.create(Precision.FLOAT32, 1)));
  }

  private static void put(ServingEngine engine, String corpus, List<Post> posts) {
    var _ = engine.withCorpora(corpora -> corpora.live(corpus).add(posts));
  }

  private static List<Post> posts(long from, long to) {
    return LongStream.range(from, to)
        .mapToObj(id -> new Post(id, id % 5 + 1, "t" + id, id))
        .toList();
  }

  private ServingResponse ask(ServingEngine engine, Task task) {
    return engine.submit(Demo.patient(user, task)).answer().join();
  }

  private long[] found(ServingEngine engine, int topK, CorpusChoice choice) {
    long[] ids = ask(engine, new Task.Retrieve(topK, choice)).posts().postIds();
    Arrays.sort(ids);
    return ids;
  }

  @Test
  void theNextRequestFindsWhatWasAddedAndNotWhatWasRemoved() {
    try (ServingEngine engine = engine()) {
      engine.load(Demo.ARTIFACTS);
      assertEquals(0, found(engine, 10, FRESH).length);
      ServingResponse nothing = ask(engine, new Task.Recommend(5, FRESH));
      assertEquals(0, nothing.posts().count());
      assertNotNull(nothing.scores());
      put(engine, "fresh", posts(100, 120));
      assertArrayEquals(
          LongStream.range(100, 120).toArray(), found(engine, 1000, FRESH), Seeds.replay());
      var _ = engine.withCorpora(corpora -> corpora.live("fresh").remove(List.of(100L, 119L, 7L)));
      assertEquals(18, found(engine, 1000, FRESH).length);
      Filter odd = new Filter(1, 0, 0);
      long[] filtered = found(engine, 1000, new CorpusChoice(List.of("fresh"), odd));
      assertArrayEquals(new long[] {101, 103, 105, 107, 109, 111, 113, 115, 117}, filtered);
      ServingResponse feed = ask(engine, new Task.Recommend(6, FRESH));
      assertEquals(6, feed.posts().count());
      assertEquals(4018, metrics.value("phoenix_corpus_posts"));
      assertEquals("t" + feed.posts().postIds()[0], feed.posts().topics()[0]);
    }
  }

  @Test
  void severalCorporaAreSearchedAsOne() {
    try (ServingEngine engine = engine()) {
      engine.load(Demo.ARTIFACTS);
      put(engine, "fresh", posts(100, 400));
      CorpusChoice both = new CorpusChoice(List.of("default", "fresh"), Filter.EVERY);
      ServingResponse all = ask(engine, new Task.Retrieve(900, both));
      float[] scores = all.posts().retrievalScores();
      for (int i = 1; i < scores.length; i++) {
        assertTrue(scores[i] <= scores[i - 1]);
      }
      assertEquals(900, Arrays.stream(all.posts().postIds()).distinct().count());
      long[] plain = found(engine, 50, CorpusChoice.DEFAULT);
      assertTrue(Arrays.stream(plain).noneMatch(id -> id < 400));
      CompletionException refused =
          assertThrows(
              CompletionException.class,
              () -> found(engine, 5, new CorpusChoice(List.of("nope"), Filter.EVERY)));
      Rejection why = assertInstanceOf(Rejection.class, refused.getCause());
      assertEquals(Rejection.Reason.INVALID, why.reason());
    }
  }

  @Test
  void postsOutliveReloadsOfOtherRankersAndRestarts() throws IOException {
    try (ServingEngine engine = engine()) {
      engine.load(Demo.ARTIFACTS);
      put(engine, "fresh", posts(100, 110));
      put(engine, "", posts(5, 6));
      engine.load(Demo.withOtherRanker(folder.resolve("other"), random));
      assertEquals(10, found(engine, 100, FRESH).length);
      put(engine, "fresh", posts(110, 115));
      assertEquals(15, found(engine, 100, FRESH).length);
    }
    try (ServingEngine engine = engine()) {
      engine.load(Demo.ARTIFACTS);
      assertEquals(15, found(engine, 100, FRESH).length);
      int posts = engine.withCorpora(corpora -> corpora.get("default").statistics().posts());
      assertEquals(4001, posts);
    }
  }

  @Test
  void anotherFileWithTheSameTowerIsRefusedAtTheReloadAsAtTheStart() throws IOException {
    Artifacts other = Demo.copy(folder.resolve("other"));
    Files.delete(other.corpus());
    try (Corpus demo = Corpus.open(Demo.ARTIFACTS.corpus());
        CorpusWriter writer =
            CorpusWriter.create(
                folder.resolve("other/corpus.npz"),
                new long[] {8, 9},
                new long[] {1, 2},
                demo.dimension())) {
      writer.append(new float[2 * demo.dimension()], 0, 2 * demo.dimension());
      writer.commit(List.of("", ""), new long[2]);
    }
    String atReload;
    try (ServingEngine engine = engine()) {
      engine.load(Demo.ARTIFACTS);
      put(engine, "", posts(5, 6));
      atReload = refusal(engine, other);
      assertEquals(4001, (int) engine.withCorpora(all -> all.get("").statistics().posts()));
      put(engine, "", posts(6, 7));
      engine.load(Demo.copy(folder.resolve("same")));
      assertEquals(4002, (int) engine.withCorpora(all -> all.get("").statistics().posts()));
    }
    try (ServingEngine engine = engine()) {
      String atStart = refusal(engine, other);
      String told = atReload.substring(atReload.indexOf(": expected a log of"));
      assertTrue(atStart.endsWith(told), atStart + "\n" + atReload);
    }
  }

  @Test
  void postsOutliveReloadsToOtherTowersAndBack() throws IOException {
    Artifacts other = otherTower();
    try (ServingEngine engine = engine()) {
      engine.load(Demo.ARTIFACTS);
      put(engine, "fresh", posts(100, 110));
      put(engine, "", posts(5, 7));
      long published = found(engine, 1, CorpusChoice.DEFAULT)[0];
      var _ = engine.withCorpora(corpora -> corpora.live("").remove(List.of(published)));
      engine.load(other);
      assertArrayEquals(LongStream.range(100, 110).toArray(), found(engine, 100, FRESH));
      CorpusChoice added = new CorpusChoice(List.of("default"), new Filter(4, 0, 0));
      assertArrayEquals(new long[] {5, 6}, found(engine, 10, added));
      long[] most = found(engine, 1000, CorpusChoice.DEFAULT);
      assertTrue(Arrays.binarySearch(most, published) < 0, Seeds.replay());
      assertEquals(4001, (int) engine.withCorpora(all -> all.get("").statistics().posts()));
      put(engine, "fresh", posts(110, 112));
      engine.load(Demo.ARTIFACTS);
      assertEquals(12, found(engine, 100, FRESH).length);
      assertArrayEquals(new long[] {5, 6}, found(engine, 10, added));
      assertEquals(4001, (int) engine.withCorpora(all -> all.get("").statistics().posts()));
    }
  }

  /** A tower that takes long to open must not keep other leases from being closed. */
  @Test
  @Timeout(60)
  void aLoadDoesNotHoldUpOtherLeases() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean slow = new AtomicBoolean();
    LiveCorpora live =
        new LiveCorpora(
            folder.resolve("live"),
            List.of(),
            SETTINGS,
            () -> {
              if (slow.get()) {
                asked.countDown();
                uninterruptibly(goOn);
              }
              return CpuOps.create(Precision.FLOAT32, 1);
            });
    int dimension = 64;
    CorpusSource.Lease first = live.open(Demo.ARTIFACTS, dimension);
    var _ = first.corpora().live("").add(posts(5, 7));
    Artifacts other = otherTower();
    slow.set(true);
    CompletableFuture<CorpusSource.Lease> second =
        CompletableFuture.supplyAsync(() -> live.open(other, dimension));
    asked.await();
    first.close();
    goOn.countDown();
    try (CorpusSource.Lease opened = second.get()) {
      assertEquals(4002, opened.corpora().live("").statistics().posts(), "carried over");
    }
    live.close();
  }

  private static void uninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Artifacts otherTower() throws IOException {
    Artifacts other = Demo.copy(folder.resolve("tower"));
    Path model = other.model("retrieval");
    var _ = RandomModel.retrieval(ModelConfig.read(model.resolve("config.json")), folder, random);
    Files.move(
        folder.resolve("retrieval.npz"),
        model.resolve("model_params.npz"),
        StandardCopyOption.REPLACE_EXISTING);
    return other;
  }

  private static String refusal(ServingEngine engine, Artifacts artifacts) {
    return String.valueOf(
        assertThrows(CorpusException.class, () -> engine.load(artifacts)).getMessage());
  }

  @Test
  void corporaOfFilesCannotBeChanged() {
    try (ServingEngine engine = Demo.engine(Demo.options(4, 0))) {
      assertThrows(Rejection.class, () -> put(engine, "", posts(1, 2)));
      engine.load(Demo.ARTIFACTS);
      assertThrows(UnsupportedOperationException.class, () -> put(engine, "", posts(1, 2)));
    }
  }
}
