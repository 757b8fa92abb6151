package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Tests the creation of folders, and that nothing counts as kept that has no name on disk. */
class CorpusFolderTest {
  private static final Logger LOGGER =
      (Logger) LoggerFactory.getLogger(CorpusFolder.class.getName());

  @TempDir Path folder;
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();

  @BeforeEach
  void listen() {
    said.start();
    LOGGER.addAppender(said);
  }

  @AfterEach
  void listenNoMore() {
    LOGGER.detachAppender(said);
  }

  @Test
  void foldersWithinFoldersAreMade() {
    Path place = folder.resolve("a/b/c");
    CorpusFolder.open(place).close();
    CorpusFolder.open(place).close();
    assertTrue(Files.isDirectory(place));
    assertEquals(List.of(), said.list);
  }

  @Test
  void aLogWithoutItsFolderIsRefused() throws IOException {
    Path place = folder.resolve("live");
    LogHeader header = new LogHeader(3, "encoder", "none");
    try (CorpusFolder opened = CorpusFolder.open(place);
        CorpusLog log =
            CorpusLog.create(folder.resolve("log-0"), header, List.of(), Durability.SYSTEM)) {
      Files.delete(place.resolve("lock"));
      Files.delete(place);
      CorpusUnavailableException refused =
          assertThrows(CorpusUnavailableException.class, () -> opened.added(0, log));
      assertTrue(String.valueOf(refused.getMessage()).contains("log-0"), refused.getMessage());
    }
  }

  private Path live(String... files) throws IOException {
    Path place = Files.createTempDirectory(folder, "live");
    for (String file : files) {
      Files.createFile(place.resolve(file));
    }
    return place;
  }

  private static List<Long> replayed(Path place) {
    try (CorpusFolder opened = CorpusFolder.open(place)) {
      return List.copyOf(opened.logsToReplay().keySet());
    }
  }

  @Test
  void theLogsFromTheNewestBaseOnAreReplayed() throws IOException {
    assertEquals(List.of(), replayed(live()));
    assertEquals(List.of(0L), replayed(live("log-0")));
    assertEquals(
        List.of(0L, 1L),
        replayed(live("log-1", "log-0", "other", "log-x", "base-.npz", "base-3", "log-3.npz")));
    Path based = live("base-1.npz", "base-2.npz", "log-0", "log-2", "log-3", "log-4");
    assertEquals(List.of(2L, 3L, 4L), replayed(based));
    try (CorpusFolder opened = CorpusFolder.open(based)) {
      assertEquals(based.resolve("base-2.npz"), opened.base());
      assertEquals(based.resolve("log-3"), opened.logsToReplay().get(3L));
      assertEquals(based.resolve("log-7"), opened.log(7));
      assertEquals(based.resolve("base-7.npz"), opened.base(7));
      assertEquals(based, opened.path());
    }
    try (CorpusFolder opened = CorpusFolder.open(live("log-0"))) {
      assertNull(opened.base());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'log-1', 0, '[1]'",
    "'log-0 log-2', 0, '[0, 2]'",
    "'base-2.npz', 2, none",
    "'base-0.npz', 0, none",
    "'base-2.npz log-1', 2, none",
    "'base-2.npz log-3', 2, '[3]'",
    "'base-2.npz log-2 log-4', 2, '[2, 4]'"
  })
  void aGapBetweenLogsIsRefused(String files, int first, String found) throws IOException {
    Path place = live(files.split(" ", -1));
    CorpusException refused = assertThrows(CorpusException.class, () -> replayed(place));
    assertEquals(
        place + ": expected the logs from log-" + first + " on without a gap, found " + found,
        refused.getMessage());
  }

  @Test
  void filesOlderThanABaseAreRemovedAndUnfinishedBasesToo() throws IOException {
    Path place =
        live(".base-3.npz.12.tmp", ".base-x", "a.tmp", "base-1.npz", "log-1", "log-2", "log-3");
    try (CorpusFolder opened = CorpusFolder.open(place);
        CorpusLog log =
            CorpusLog.create(
                place.resolve("log-4"), new LogHeader(3, "e", "n"), List.of(), Durability.SYSTEM)) {
      assertEquals(
          List.of(".base-x", "a.tmp", "base-1.npz", "lock", "log-1", "log-2", "log-3", "log-4"),
          names(place));
      opened.added(4, log);
      Files.createFile(place.resolve("base-3.npz"));
      opened.addedBase(3);
      assertEquals(place.resolve("base-3.npz"), opened.base());
      assertEquals(List.of(3L, 4L), List.copyOf(opened.logsToReplay().keySet()));
      opened.removeOlderThan(3);
      assertEquals(
          List.of(".base-x", "a.tmp", "base-3.npz", "lock", "log-3", "log-4"), names(place));
      opened.removeOlderThan(5);
      assertNull(opened.base());
      assertEquals(List.of(".base-x", "a.tmp", "lock"), names(place));
    }
    assertEquals(List.of(), said.list);
  }

  @Test
  void aFileThatCannotBeRemovedIsWarnedOfAndTriedAgain() throws IOException {
    Path place = live("base-1.npz", "log-1");
    Files.delete(place.resolve("log-1"));
    Path inside = Files.createDirectories(place.resolve("log-1/full"));
    try (CorpusFolder opened = CorpusFolder.open(place)) {
      opened.removeOlderThan(2);
      assertEquals(1, said.list.size());
      String warning = said.list.getFirst().getFormattedMessage();
      assertTrue(
          warning.startsWith("the obsolete file " + place.resolve("log-1") + " cannot be removed"),
          warning);
      assertEquals(List.of("lock", "log-1"), names(place));
      Files.delete(inside);
      opened.removeOlderThan(2);
      assertEquals(List.of("lock"), names(place));
    }
  }

  @Test
  void aFolderIsOpenOnce() throws IOException {
    Path place = live();
    try (CorpusFolder opened = CorpusFolder.open(place)) {
      CorpusException refused =
          assertThrows(CorpusException.class, () -> CorpusFolder.open(place).close());
      assertEquals(
          "the corpus folder " + place + " is in use; one process at a time may serve from it",
          refused.getMessage());
      assertEquals(List.of(), List.copyOf(opened.logsToReplay().keySet()));
    }
    CorpusFolder.open(place).close();
    Path file = Files.createFile(folder.resolve("file"));
    CorpusException refused =
        assertThrows(CorpusException.class, () -> CorpusFolder.open(file).close());
    assertTrue(
        String.valueOf(refused.getMessage())
            .startsWith("the corpus folder " + file + " cannot be opened: "),
        refused.getMessage());
  }

  private static List<String> names(Path place) throws IOException {
    try (Stream<Path> files = Files.list(place)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }
}
