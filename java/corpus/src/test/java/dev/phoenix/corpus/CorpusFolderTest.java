package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
}
