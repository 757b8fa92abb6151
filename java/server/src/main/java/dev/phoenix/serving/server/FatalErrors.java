package dev.phoenix.serving.server;

import dev.phoenix.lifecycle.LoopEndedException;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Ends the process where a thread ends that it needs, so that a supervisor starts it again: at once
 * where memory has run out, because nothing else can be relied on then, else after a stop of the
 * server. An exception that ends any other thread is logged.
 */
public final class FatalErrors implements Thread.UncaughtExceptionHandler {
  /** The exit code of a process that cannot go on. */
  public static final int EXIT_CODE = 70;

  private static final System.Logger LOG = System.getLogger(FatalErrors.class.getName());

  private final Consumer<Throwable> stop;
  private final IntConsumer exit;

  /**
   * A handler.
   *
   * @param stop stops the server and ends the process
   * @param exit ends the process with a code
   */
  public FatalErrors(Consumer<Throwable> stop, IntConsumer exit) {
    this.stop = stop;
    this.exit = exit;
  }

  @Override
  public void uncaughtException(Thread thread, Throwable thrown) {
    if (isOfTheMachine(thrown)) {
      try {
        LOG.log(Level.ERROR, "the thread " + thread.getName() + " has ended", thrown);
      } finally {
        exit.accept(EXIT_CODE);
      }
      return;
    }
    LOG.log(Level.ERROR, "the thread " + thread.getName() + " has ended", thrown);
    if (thrown instanceof LoopEndedException) {
      stop.accept(thrown);
    }
  }

  /** Whether memory ran out or the JVM failed; a stack that overflowed is the thread's alone. */
  private static boolean isOfTheMachine(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError)) {
        return true;
      }
    }
    return false;
  }
}
