package dev.phoenix.load;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts the server's work during a measurement, from a reading of its metrics before and one
 * after. Requests of the warm-up that are still running are counted too. If a reading fails, the
 * report has no counts.
 */
public final class ServerCounting {
  private final MetricsReader reader;
  private final Consumer<String> missing;
  private @Nullable MetricsPage before;

  /**
   * Creates a counter.
   *
   * @param reader reads the server's metrics
   * @param missing receives one line with the reason why there are no counts
   */
  public ServerCounting(MetricsReader reader, Consumer<String> missing) {
    this.reader = reader;
    this.missing = missing;
  }

  /** Takes the first reading. */
  public void begin() throws InterruptedException {
    before = read();
  }

  /** Takes the second reading; returns the difference, or null if a reading failed. */
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
