package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.ScoringReader;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.testing.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are swapped while requests are served. */
class ModelSwapTest {
  /** The number of swaps and of failing loads, set by {@code -Dphoenix.test.swaps}. */
  private static final int SWAPS = Integer.getInteger("phoenix.test.swaps", 6);

  private final Random random = Seeds.random("model swap");

  @TempDir Path folder = Path.of("");

  private static float[] logits(ServingResponse response) {
    return Objects.requireNonNull(response.scores()).logits();
  }

  @Test
  void anAnswerIsWhollyOfOneVersion() throws Exception {
    Artifacts other = Demo.withOtherRanker(folder.resolve("other"), random);
    UserHistory user = UserHistory.of(Demo.user(random, 90));
    Task task = new Task.Recommend(50);
    try (ServingEngine engine = Demo.engine(Demo.options(8, 100_000_000))) {
      Map<Boolean, float[]> expected = new HashMap<>();
      engine.load(other);
      expected.put(true, logits(engine.submit(Demo.patient(user, task)).answer().join()));
      engine.load(Demo.ARTIFACTS);
      expected.put(false, logits(engine.submit(Demo.patient(user, task)).answer().join()));
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger answered = new AtomicInteger();
      try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> all =
            List.of(1, 2, 3, 4).stream()
                .<Future<?>>map(
                    _ ->
                        clients.submit(
                            () -> {
                              while (!over.get()) {
                                var found = engine.submit(Demo.patient(user, task)).answer().join();
                                boolean odd = Integer.parseInt(found.modelVersion()) % 2 == 1;
                                assertArrayEquals(expected.get(odd), logits(found), 0f);
                                answered.incrementAndGet();
                              }
                            }))
                .toList();
        for (int swap = 0; swap < SWAPS; swap++) {
          engine.load(swap % 2 == 0 ? other : Demo.ARTIFACTS);
        }
        over.set(true);
        for (Future<?> each : all) {
          each.get();
        }
      }
      assertTrue(answered.get() > SWAPS, "answered " + answered);
      assertEquals(Integer.toString(2 + SWAPS), Objects.requireNonNull(engine.model()).version());
    }
  }

  /** A call of many requests runs in many batches and gets one response. */
  @Test
  void allRequestsOfACallAreAnsweredByOneVersion() {
    UserHistory user = UserHistory.of(Demo.user(random, 60));
    ServingRequest request = Demo.patient(user, new Task.Recommend(30));
    try (ServingEngine engine = Demo.engine(Demo.options(1, 0))) {
      engine.load(Demo.ARTIFACTS);
      boolean swappedMeanwhile = false;
      for (int count = 64; count <= 2048 && !swappedMeanwhile; count *= 2) {
        List<PendingRequest> call = engine.submit(Collections.nCopies(count, request));
        engine.load(Demo.ARTIFACTS);
        swappedMeanwhile = !call.getLast().answer().isDone();
        ServingResponse next = engine.submit(request).answer().join();
        List<String> versions =
            call.stream().map(each -> each.answer().join().modelVersion()).distinct().toList();
        assertEquals(1, versions.size(), versions.toString());
        assertNotEquals(versions.getFirst(), next.modelVersion());
      }
      assertTrue(swappedMeanwhile, "no call was long enough");
    }
  }

  @Test
  void aModelThatDoesNotSuitIsNotLoaded() {
    try (ServingEngine engine = Demo.engine(Demo.options(4, 0))) {
      FeedPolicy policy = new FeedPolicy(ActionTaxonomy.ENUM, ScoringReader.parse("share=1"), 200);
      engine.require(policy::require);
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> engine.load(Demo.ARTIFACTS));
      assertTrue(String.valueOf(refused.getMessage()).contains("share"), refused.getMessage());
      assertNull(engine.model());
      engine.require(FeedPolicy.DEFAULT::require);
      engine.load(Demo.ARTIFACTS);
      assertNotNull(engine.model());
    }
  }

  @Test
  void aLoadThatFailsLeavesTheOldModelServingAndNothingBehind() throws IOException {
    Artifacts truncated = Demo.copy(folder.resolve("truncated"));
    Path parameters = truncated.model("ranker").resolve("model_params.npz");
    byte[] bytes = Files.readAllBytes(parameters);
    Files.write(parameters, Arrays.copyOf(bytes, bytes.length / 2));
    Artifacts missing = Demo.copy(folder.resolve("missing"));
    Files.delete(missing.model("retrieval").resolve("config.json"));
    CountedMetrics metrics = new CountedMetrics();
    try (ServingEngine engine = Demo.engine(Demo.options(4, 100_000_000), metrics)) {
      assertThrows(RuntimeException.class, () -> engine.load(truncated));
      assertNull(engine.model());
      engine.load(Demo.ARTIFACTS);
      ServingRequest request =
          Demo.patient(UserHistory.of(Demo.user(random, 20)), new Task.Recommend(10));
      float[] before = logits(engine.submit(request).answer().join());
      int threads = Thread.getAllStackTraces().size();
      for (int attempt = 0; attempt < SWAPS; attempt++) {
        assertThrows(RuntimeException.class, () -> engine.load(truncated));
        assertThrows(RuntimeException.class, () -> engine.load(missing));
      }
      assertArrayEquals(before, logits(engine.submit(request).answer().join()), 0f);
      assertEquals("1", Objects.requireNonNull(engine.model()).version());
      assertTrue(Thread.getAllStackTraces().size() <= threads, "threads of failed loads remain");
      assertEquals(1 + 2 * SWAPS, metrics.failedLoads());
    }
  }

  @Test
  void whatCannotBeAnsweredIsRefusedWithItsReason() throws InterruptedException {
    UserHistory user = UserHistory.of(Demo.user(random, 3));
    try (ServingEngine engine = Demo.engine(Demo.options(4, 0))) {
      assertEquals(Reason.LOADING, refusal(engine, user, new Task.Retrieve(1)));
      engine.load(Demo.ARTIFACTS);
      assertNotNull(engine.model());
      assertEquals(Reason.INVALID, refusal(engine, user, new Task.Retrieve(0)));
      assertEquals(Reason.INVALID, refusal(engine, user, new Task.Recommend(1001)));
      Task none = new Task.Rank(new long[0], new long[0], 0);
      assertEquals(Reason.INVALID, refusal(engine, user, none));
      assertTrue(engine.drain(Duration.ofSeconds(5)));
      assertEquals(Reason.DRAINING, refusal(engine, user, new Task.Retrieve(1)));
    }
  }

  private static Reason refusal(ServingEngine engine, UserHistory user, Task task) {
    return assertThrows(Rejection.class, () -> engine.submit(Demo.patient(user, task))).reason();
  }
}
