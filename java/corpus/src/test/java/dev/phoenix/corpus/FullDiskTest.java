package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.phoenix.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/**
 * Disks that are full for a while, at every write, force, truncation, deletion and move of a run of
 * changes and compactions: nothing acknowledged is lost, nothing refused is kept, and the corpus
 * goes on without a restart.
 */
@Timeout(300)
class FullDiskTest {
  private static final Logger LOGGER =
      (Logger) LoggerFactory.getLogger(FullDiskTest.class.getPackageName());
  private static final HashEncoder ENCODER = new HashEncoder(5, 3);
  private static final CorpusSettings SETTINGS = new CorpusSettings(Durability.DISK, 4, 8, 1000);
  private static final int CHANGES = 10;

  @TempDir Path folder;
  private final Map<Long, Post> acknowledged = new HashMap<>();
  private long reached = -1;

  /** Hundreds of failures are expected, each of which is logged. */
  @BeforeAll
  static void logNothing() {
    LOGGER.setLevel(Level.OFF);
  }

  @AfterAll
  static void logAgain() {
    LOGGER.setLevel(null);
  }

  private static LiveCorpus open(Path place) {
    return LiveCorpus.open(new LiveCorpus.Place("full", place, null), ENCODER, SETTINGS);
  }

  @ParameterizedTest
  @CsvSource({"1, NONE", "1, DONE", "3, NONE", "9223372036854775807, NONE"})
  void anyOperationMayFail(long count, FaultyDisk.Effect effect)
      throws IOException, InterruptedException {
    boolean failed = true;
    for (int first = 1; failed; first++) {
      acknowledged.clear();
      reached = -1;
      Path real = folder.resolve("at-" + first);
      FaultyDisk disk = new FaultyDisk();
      String at;
      try (LiveCorpus corpus = open(disk.path(real))) {
        disk.fail(first, count, effect);
        for (int number = 0; number < CHANGES; number++) {
          change(corpus, number);
        }
        at = "fault %d, in %s".formatted(first, disk.failed());
        failed = !disk.failed().isEmpty();
        requireKept(copy(real), at + ", killed");
        disk.heal();
        for (int number = CHANGES; number < 2 * CHANGES; number++) {
          assertTrue(change(corpus, number), at + ": changes are taken again");
        }
        assertTrue(corpus.statistics().compactions() > 0, at + ": there are compactions again");
        assertNull(corpus.statistics().refusal(), at);
        assertEquals(acknowledged, LiveCorpusTest.contents(corpus, ENCODER), at);
        requireKept(copy(real), at + ", killed later");
      }
      requireKept(real, at + ", closed");
    }
    assertEquals(2 * CHANGES - 1, reached, "the last run had no faults");
  }

  /** Makes a change and waits for its compaction; returns whether the change was acknowledged. */
  private boolean change(LiveCorpus corpus, int number) throws InterruptedException {
    Post post = new Post(1 + number % 7, number, "t" + number, number);
    List<Long> removed = number % 5 == 4 ? List.of(1L + (number + 3) % 7) : List.of();
    SourcePosition position = new SourcePosition("topic", 0, number, -1);
    boolean done = true;
    try {
      var _ =
          WriterThread.result(
              corpus.change(ChangeRequest.of(List.of(post), removed, List.of(position))));
      acknowledged.put(post.id(), post);
      acknowledged.keySet().removeAll(removed);
      reached = number;
    } catch (CorpusUnavailableException full) {
      assertTrue(
          String.valueOf(full.getMessage()).startsWith("no space left on "), full.getMessage());
      done = false;
    }
    corpus.awaitCompaction();
    return done;
  }

  /** A folder as a killed process leaves it; the lock stays with the process. */
  private Path copy(Path from) throws IOException {
    Path to = Files.createTempDirectory(folder, "copy");
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(String.valueOf(file.getFileName())));
      }
    }
    return to;
  }

  private void requireKept(Path place, String at) {
    try (LiveCorpus corpus = open(new FaultyDisk().path(place))) {
      List<SourcePosition> positions = corpus.positions();
      long kept = positions.isEmpty() ? -1 : positions.getFirst().offset();
      if (kept == reached) {
        assertEquals(acknowledged, LiveCorpusTest.contents(corpus, ENCODER), at);
      } else {
        // Whole, but not forced and not cut off again: refused, and kept with its position.
        assertTrue(kept > reached && at.endsWith("killed"), at + ": position " + kept);
      }
    }
  }

  @Test
  void aFullDiskIsSaidUntilThereIsRoom() throws InterruptedException {
    FaultyDisk disk = new FaultyDisk();
    try (LiveCorpus corpus = open(disk.path(folder.resolve("said")))) {
      assertTrue(change(corpus, 0));
      disk.fail(1, Long.MAX_VALUE, FaultyDisk.Effect.NONE);
      assertThrows(CorpusUnavailableException.class, () -> corpus.remove(List.of(1L)));
      String refusal = corpus.statistics().refusal();
      assertEquals("no space left on %s: 0 bytes free".formatted(folder.resolve("said")), refusal);
      disk.heal();
      Await.until("a look at the disk", () -> corpus.statistics().refusal() == null);
      assertEquals(1, corpus.statistics().posts());
    }
    try (LiveCorpus corpus = open(folder.resolve("said"))) {
      assertEquals(1, corpus.statistics().posts());
    }
  }

  @Test
  void filesThatAreGoneAreNoticed() throws IOException, InterruptedException {
    Path live = folder.resolve("live");
    Path away = folder.resolve("away");
    try (LiveCorpus corpus = open(live)) {
      assertTrue(change(corpus, 0));
      Files.move(live, away);
      Await.until("a look at the files", () -> corpus.statistics().refusal() != null);
      CorpusUnavailableException refused =
          assertThrows(CorpusUnavailableException.class, () -> corpus.add(List.of(Post.of(9, 9))));
      assertTrue(String.valueOf(refused.getMessage()).contains("is gone"), refused.getMessage());
      try (LiveCorpus other = open(live)) {
        assertEquals(0, other.statistics().posts());
        CorpusUnavailableException replaced =
            assertThrows(
                CorpusUnavailableException.class, () -> corpus.add(List.of(Post.of(9, 9))));
        assertTrue(
            String.valueOf(replaced.getMessage()).contains("another file"), replaced.getMessage());
        assertEquals(0, other.add(List.of(Post.of(8, 8))));
      }
      Files.move(live, folder.resolve("other"));
      Files.move(away, live);
      assertTrue(change(corpus, 1), "the files are back");
      assertEquals(acknowledged, LiveCorpusTest.contents(corpus, ENCODER));
    }
    requireKept(live, "closed");
  }

  @Test
  void aRealDiskFillsUpAndIsClearedAgain() throws IOException, InterruptedException {
    Path mounted = Files.createDirectory(folder.resolve("mounted"));
    Mounts.assumeMounted(mounted, 24 << 20);
    try {
      fillAndClear(mounted);
    } finally {
      Mounts.unmount(mounted);
    }
  }

  private static void fillAndClear(Path mounted) throws IOException, InterruptedException {
    HashEncoder wide = new HashEncoder(256, 3);
    Path ballast = mounted.resolve("ballast");
    LiveCorpus.Place place = new LiveCorpus.Place("full", mounted.resolve("live"), null);
    CorpusSettings settings = new CorpusSettings(Durability.DISK, 64, 100, 1000);
    long id = 0;
    try (LiveCorpus corpus = LiveCorpus.open(place, wide, settings)) {
      corpus.add(List.of(Post.of(++id, 1)));
      Files.write(ballast, new byte[22 << 20]);
      CorpusUnavailableException full = null;
      while (full == null) {
        try {
          corpus.add(List.of(Post.of(id + 1, 1)));
          id++;
        } catch (CorpusUnavailableException refused) {
          full = refused;
        }
      }
      String message = String.valueOf(full.getMessage());
      assertTrue(message.startsWith("no space left on " + place.folder() + ": "), message);
      assertNotNull(corpus.statistics().refusal());
      assertEquals(id, corpus.statistics().posts());
      assertEquals(1, corpus.statistics().failedCompactions(), "there is no room for one");
      assertEquals(0, corpus.statistics().compactions());
      Files.delete(ballast);
      corpus.add(List.of(Post.of(++id, 1)));
      corpus.awaitCompaction();
      assertEquals(1, corpus.statistics().compactions(), "there is room again");
      assertEquals(id, corpus.statistics().posts());
    }
    try (LiveCorpus corpus = LiveCorpus.open(place, wide, settings)) {
      assertEquals(id, corpus.statistics().posts());
    }
  }
}
