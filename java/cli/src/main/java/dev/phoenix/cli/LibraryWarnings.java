package dev.phoenix.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Limits what gRPC and Netty log: a caller can make them write a line, often with a stack trace,
 * for every frame it sends. Of each minute the first lines are written, and the next line after it
 * says how many were not.
 */
public final class LibraryWarnings extends TurboFilter {
  private static final int LINES = 20;
  private static final long MINUTE_MILLIS = 60_000;

  private final InstantSource clock;
  private final AtomicLong dropped = new AtomicLong();
  private long minute = Long.MIN_VALUE;
  private int lines;
  private long unsaid;

  /** Creates a filter; logback calls it. */
  public LibraryWarnings() {
    this(InstantSource.system());
  }

  LibraryWarnings(InstantSource clock) {
    this.clock = clock;
  }

  /** The lines that were not written since the start. */
  public long dropped() {
    return dropped.get();
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] parameters,
      @Nullable Throwable failure) {
    String name = logger.getName();
    boolean question = format == null && failure == null;
    if (question || !(name.startsWith("io.grpc.") || name.startsWith("io.netty."))) {
      return FilterReply.NEUTRAL;
    }
    if (!level.isGreaterOrEqual(logger.getEffectiveLevel())) {
      return FilterReply.DENY;
    }
    long said;
    synchronized (this) {
      long now = Math.floorDiv(clock.millis(), MINUTE_MILLIS);
      if (now != minute) {
        minute = now;
        lines = 0;
      }
      if (lines >= LINES) {
        unsaid++;
        dropped.incrementAndGet();
        return FilterReply.DENY;
      }
      lines++;
      said = unsaid;
      unsaid = 0;
    }
    if (said > 0) {
      logger
          .getLoggerContext()
          .getLogger(LibraryWarnings.class)
          .warn("{} lines of the network libraries were not written", said);
    }
    return FilterReply.NEUTRAL;
  }
}
