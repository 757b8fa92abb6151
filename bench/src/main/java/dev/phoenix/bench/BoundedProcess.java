package dev.phoenix.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** Runs processes that are stopped, with the processes that they started, at a time limit. */
public final class BoundedProcess {
  private BoundedProcess() {}

  /**
   * Runs a process, whose errors go to its output.
   *
   * @return the exit code; empty if it was stopped at the limit or this thread was interrupted
   * @throws IOException if it cannot be started
   */
  public static OptionalInt run(ProcessBuilder builder, Duration limit) throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return OptionalInt.of(process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    return OptionalInt.empty();
  }
}
