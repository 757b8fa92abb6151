package dev.phoenix.serving.web;

import io.netty.channel.socket.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The time limit of what a connection does now. It belongs to the connection's event loop. */
final class Patience {
  private static final long GLANCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final SocketChannel channel;
  private final WebLimits limits;
  private final Consumer<Phase> late;
  private @Nullable ScheduledFuture<?> timer;
  private long bytes;
  private long waited;
  private long seen;

  /** What a connection does. */
  enum Phase {
    /** It waits for a request. */
    IDLE,
    /** It reads a head. */
    HEAD,
    /** It reads a body. */
    BODY,
    /** It sends a response. */
    ANSWER
  }

  /**
   * Creates the limits of a connection.
   *
   * @param late is told of the phase whose time has passed
   */
  Patience(SocketChannel channel, WebLimits limits, Consumer<Phase> late) {
    this.channel = channel;
    this.limits = limits;
    this.late = late;
  }

  void idle() {
    limit(Phase.IDLE, limits.idle());
  }

  void head() {
    limit(Phase.HEAD, limits.head());
  }

  void answer() {
    limit(Phase.ANSWER, limits.body());
  }

  /** No limit: the server works. */
  void none() {
    ScheduledFuture<?> running = timer;
    if (running != null) {
      running.cancel(false);
      timer = null;
    }
  }

  private void limit(Phase phase, Duration time) {
    none();
    timer =
        channel
            .eventLoop()
            .schedule(() -> late.accept(phase), time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Counts bytes of a body. */
  void received(int count) {
    bytes += count;
  }

  /** A body has a time as a whole and, after a moment, a least rate. */
  void body() {
    none();
    bytes = 0;
    waited = 0;
    seen = System.nanoTime();
    glance();
  }

  private void glance() {
    long now = System.nanoTime();
    // The time in which the server itself does not read is not the caller's.
    waited += channel.config().isAutoRead() ? now - seen : 0;
    seen = now;
    long rated = waited - WebLimits.GRACE.toNanos();
    double least = limits.bytesPerSecond() * (rated / 1e9);
    long left = limits.body().toNanos() - waited;
    if (left <= 0 || (rated > 0 && bytes < least)) {
      timer = null;
      late.accept(Phase.BODY);
      return;
    }
    timer =
        channel
            .eventLoop()
            .schedule(this::glance, Math.min(left, GLANCE_NANOS), TimeUnit.NANOSECONDS);
  }
}
