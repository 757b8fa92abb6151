package dev.phoenix.load;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the server does while a run is measured, by a reading of its metrics before and one
 * after. A request of the warm-up that has not been answered by then is among what is counted. A
 * reading that fails costs these counts and not the run.
 */
public final class ServerCounting {
  private final MetricsReader reader;
  private final Consumer<String> missing;
  private @Nullable MetricsPage before;

  /**
   * Counts nothing yet.
   *
   * @param reader of the server's metrics
   * @param missing told in one line why there will be no counts
   */
  public ServerCounting(MetricsReader reader, Consumer<String> missing) {
    this.reader = reader;
    this.missing = missing;
  }

  /** The measurement begins. */
  public void begin() throws InterruptedException {
    before = read();
  }

  /** The measurement has ended: what was counted meanwhile; null where a reading failed. */
  public LoadReport.@Nullable ServerCounts end() throws InterruptedException {
    MetricsPage first = before;
    MetricsPage last = first == null ? null : read();
    return first == null || last == null ? null : LoadReport.ServerCounts.between(first, last);
  }

  private @Nullable MetricsPage read() throws InterruptedException {
    try {
      return reader.read();
    } catch (IOException failed) {
      Throwable cause = failed.getCause();
      String what = cause == null ? "" : " (" + cause.getClass().getSimpleName() + ")";
      missing.accept(failed.getMessage() + what);
      return null;
    }
  }
}
