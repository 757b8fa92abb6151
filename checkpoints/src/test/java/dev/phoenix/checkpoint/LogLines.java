package dev.phoenix.checkpoint;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What a class logs while this is open, each line with its level before it. */
final class LogLines implements AutoCloseable {
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final Logger logger;
  private final Level level;

  private LogLines(Logger logger) {
    this.logger = logger;
    this.level = logger.getLevel();
  }

  static LogLines of(Class<?> source) {
    LogLines lines = new LogLines((Logger) LoggerFactory.getLogger(source.getName()));
    lines.said.start();
    lines.logger.setLevel(Level.TRACE);
    lines.logger.addAppender(lines.said);
    return lines;
  }

  List<String> lines() {
    return said.list.stream()
        .map(line -> line.getLevel() + " " + line.getFormattedMessage())
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(said);
    logger.setLevel(level);
  }
}
