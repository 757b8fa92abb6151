package dev.phoenix.serving.server;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Ends a server because of a failure that only a new process can mend. Thread-safe. */
final class FailureStop {
  private static final System.Logger LOG = System.getLogger(FailureStop.class.getName());

  /** The time to close in; a lost device may hang. */
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final Duration patience;
  private final IntConsumer exit;
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile @Nullable PhoenixServer server;

  /**
   * The end of a server of {@code config}.
   *
   * @param exit ends the process with a code
   */
  FailureStop(ServerConfig config, IntConsumer exit) {
    this.patience = config.lameDuck().plus(config.drain()).plus(CLOSING);
    this.exit = exit;
  }

  /** All ports of {@code open} are open; before, nothing has to be stopped in order. */
  void started(PhoenixServer open) {
    server = open;
  }

  /**
   * Reports not ready, ends what can be ended as {@link PhoenixServer#stop} does, and exits with
   * {@link FatalErrors#EXIT_CODE}, also where the stop hangs. Returns at once. Only the first call
   * has an effect.
   */
  void begin(Throwable cause) {
    if (!begun.compareAndSet(false, true)) {
      return;
    }
    LOG.log(Level.ERROR, "the server cannot go on and stops", cause);
    PhoenixServer open = server;
    if (open == null) {
      exit.accept(FatalErrors.EXIT_CODE);
      return;
    }
    open.reportNotReady();
    Thread stop =
        Thread.ofPlatform().daemon().name("failure-stop").unstarted(() -> stopQuietly(open));
    stop.start();
    var _ = Thread.ofPlatform().name("failure-exit").start(() -> exitAfter(stop));
  }

  private void exitAfter(Thread stop) {
    try {
      var _ = stop.join(patience);
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    } finally {
      exit.accept(FatalErrors.EXIT_CODE);
    }
  }

  private static void stopQuietly(PhoenixServer open) {
    try {
      var _ = open.stop();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error failure) {
      LOG.log(Level.WARNING, "the server did not close cleanly", failure);
    }
  }
}
