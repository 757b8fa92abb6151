package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.phoenix.serving.server.LogOptions;
import dev.phoenix.serving.server.LogOptions.Format;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A caller cannot fill the log through the network libraries. */
class LibraryWarningsTest {
  private final AtomicLong now = new AtomicLong(1_700_000_000_000L);
  private final LoggerContext context = new LoggerContext();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final LibraryWarnings filter = new LibraryWarnings(() -> Instant.ofEpochMilli(now.get()));

  LibraryWarningsTest() {
    filter.start();
    context.addTurboFilter(filter);
    lines.setContext(context);
    lines.start();
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(lines);
  }

  @Test
  void aFloodIsCutAndCounted() {
    Logger flooded = context.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");
    for (int i = 0; i < 100_000; i++) {
      flooded.warn("Stream Error", new IllegalStateException("of a caller's doing"));
    }
    assertEquals(20, lines.list.size());
    assertEquals(99_980, filter.dropped());
    context.getLogger("dev.phoenix.serving").warn("ours");
    assertEquals(21, lines.list.size());
    now.addAndGet(60_000);
    context.getLogger("io.netty.channel").warn("another");
    assertEquals(23, lines.list.size());
    assertEquals(
        "99980 lines of the network libraries were not written",
        lines.list.get(21).getFormattedMessage());
    assertTrue(flooded.isWarnEnabled());
  }

  @Test
  void theServersLogHasTheFilter() {
    LoggerContext server = new LoggerContext();
    ServerLog.configure(server, new LogOptions(Format.JSON, LogOptions.Level.INFO, false));
    assertTrue(
        server.getTurboFilterList().stream()
            .anyMatch(found -> found instanceof LibraryWarnings && found.isStarted()),
        server.getTurboFilterList().toString());
  }
}
