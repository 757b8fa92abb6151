package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.checkpoint.ModelManifest;
import dev.phoenix.corpus.Corpora;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.testing.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests reloads that meet an export, a failure or the end of the server. */
@Timeout(300)
class ReloadTest {
  @TempDir Path folder;
  private final Random random = Seeds.random("reloads");
  private final CountedMetrics metrics = new CountedMetrics();
  private final UserHistory user = UserHistory.of(Demo.user(random, 30));

  /** Runs an action in the middle of a load, or when a lease is closed. */
  private static final class Interfering implements CorpusSource {
    private final CorpusSource actual = new FixedCorpora();
    private Runnable duringLoad = () -> {};
    private Runnable atClose = () -> {};

    @Override
    public Lease open(Artifacts artifacts, int dimension) {
      Lease lease = actual.open(artifacts, dimension);
      duringLoad.run();
      return new Lease() {
        @Override
        public Corpora corpora() {
          return lease.corpora();
        }

        @Override
        public void close() {
          lease.close();
          atClose.run();
        }
      };
    }

    @Override
    public void close() {
      actual.close();
    }
  }

  private final Interfering source = new Interfering();

  private ServingEngine engine() {
    return ServingEngine.create(
        Demo.options(4, 0),
        RequestLimits.DEFAULT,
        () -> CpuOps.create(Precision.FLOAT32, 1),
        metrics,
        source);
  }

  private float[] logits(ServingEngine engine) {
    ServingResponse response =
        engine.submit(Demo.patient(user, new Task.Recommend(5))).answer().join();
    return Objects.requireNonNull(response.scores()).logits();
  }

  private static void unchecked(IoAction action) {
    try {
      action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface IoAction {
    void run() throws IOException;
  }

  private static void replace(Path from, Path to) throws IOException {
    Path copy = to.resolveSibling("copy");
    Files.copy(from, copy);
    Files.move(copy, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void anExportInTheMiddleOfALoadFailsItAndTheOldModelServes() throws IOException {
    Artifacts next = Demo.copy(folder.resolve("next"));
    Artifacts other = Demo.withOtherRanker(folder.resolve("other"), random);
    String parameters = "ranker/model_params.npz";
    try (ServingEngine engine = engine()) {
      engine.load(Demo.ARTIFACTS);
      float[] before = logits(engine);
      source.duringLoad =
          () ->
              unchecked(
                  () ->
                      replace(
                          other.directory().resolve(parameters),
                          next.directory().resolve(parameters)));
      CheckpointException refused =
          assertThrows(CheckpointException.class, () -> engine.load(next));
      assertTrue(String.valueOf(refused.getMessage()).contains("replaced while the model"));
      assertEquals(1, metrics.failedLoads());
      assertArrayEquals(before, logits(engine));
      source.duringLoad = () -> {};
      engine.load(next);
      assertFalse(java.util.Arrays.equals(before, logits(engine)));
    }
  }

  @Test
  void aMixtureOfTwoExportsIsNotLoaded() throws IOException {
    Artifacts mixed = Demo.copy(folder.resolve("mixed"));
    Artifacts other = Demo.withOtherRanker(folder.resolve("other"), random);
    ModelManifest.enter(
        mixed.directory(),
        List.of("ranker/config.json", "ranker/model_params.npz", "ranker/embedding_tables.npz"));
    try (ServingEngine engine = engine()) {
      engine.load(mixed);
      String parameters = "ranker/model_params.npz";
      replace(other.directory().resolve(parameters), mixed.directory().resolve(parameters));
      CheckpointException refused =
          assertThrows(CheckpointException.class, () -> engine.load(mixed));
      assertTrue(String.valueOf(refused.getMessage()).contains(parameters), refused.getMessage());
    }
  }

  @Test
  void aLinkThatIsChangedInTheMiddleOfALoadDoesNotMix() throws IOException {
    Path first = Demo.copy(folder.resolve("v1")).directory();
    Path second = Demo.withOtherRanker(folder.resolve("v2"), random).directory();
    Path link = Files.createSymbolicLink(folder.resolve("current"), first);
    try (ServingEngine engine = engine()) {
      engine.load(Demo.ARTIFACTS);
      float[] expected = logits(engine);
      source.duringLoad =
          () ->
              unchecked(
                  () -> {
                    Files.createSymbolicLink(folder.resolve("new"), second);
                    Files.move(folder.resolve("new"), link, StandardCopyOption.ATOMIC_MOVE);
                  });
      engine.load(new Artifacts(link));
      assertArrayEquals(expected, logits(engine), "all files are those of the first version");
      assertEquals("current", Objects.requireNonNull(engine.model()).name());
    }
  }

  @Test
  void aModelThatCannotBeClosedDoesNotFailTheNextOne() {
    try (ServingEngine engine = engine()) {
      engine.load(Demo.ARTIFACTS);
      source.atClose =
          () -> {
            source.atClose = () -> {};
            throw new IllegalStateException("made to fail");
          };
      engine.load(Demo.ARTIFACTS);
      assertEquals("2", Objects.requireNonNull(engine.model()).version());
      assertEquals(0, metrics.failedLoads());
      assertNotEquals(0, logits(engine).length);
    }
  }

  @Test
  void aLoadThatTheEndOfTheServerStopsIsNoFailure() {
    ServingEngine engine = engine();
    engine.close();
    assertThrows(CancellationException.class, () -> engine.load(Demo.ARTIFACTS));
    assertEquals(0, metrics.failedLoads());
  }

  @Test
  void aClosedReloaderIsNotBusy() {
    try (ServingEngine engine = engine()) {
      Reloader reloader = new Reloader(engine, Demo.ARTIFACTS.directory());
      reloader.close();
      for (int attempt = 0; attempt < 2; attempt++) {
        Rejection refused = assertThrows(Rejection.class, () -> reloader.begin(""));
        assertEquals(Reason.DRAINING, refused.reason());
        assertFalse(reloader.isBusy());
      }
    }
  }

  @Test
  void aDeadlineIsCutToTheLongest() {
    try (ServingEngine engine = engine()) {
      engine.load(Demo.ARTIFACTS);
      long latest = System.nanoTime() + engine.options().bounds().longestDeadline().toNanos();
      PendingRequest pending =
          engine.submit(
              new ServingRequest(user, new Task.Recommend(3), latest + 3_600_000_000_000L));
      assertTrue(
          pending.request().deadlineNanos() - latest < 60_000_000_000L,
          "an hour more was asked for");
      var _ = pending.answer().join();
    }
  }
}
