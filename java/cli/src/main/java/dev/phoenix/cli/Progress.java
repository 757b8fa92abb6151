package dev.phoenix.cli;

import java.time.Duration;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error that appears only if the work takes over a second. */
final class Progress implements LongConsumer, AutoCloseable {
  private static final long PATIENCE_NANOS = 1_000_000_000L;

  private final String task;
  private final String unit;
  private final long total;
  private final long started = System.nanoTime();
  private @Nullable ProgressBar bar;

  Progress(String task, String unit, long total) {
    this.task = task;
    this.unit = unit;
    this.total = total;
  }

  /** Tells how much of the work is done. */
  @Override
  public void accept(long done) {
    ProgressBar shown = bar;
    if (shown == null && done < total && System.nanoTime() - started > PATIENCE_NANOS) {
      shown =
          new ProgressBarBuilder()
              .setTaskName(task)
              .setInitialMax(total)
              .setUnit(" " + unit, 1)
              .startsFrom(done, Duration.ofNanos(System.nanoTime() - started))
              .showSpeed()
              .setStyle(ProgressBarStyle.ASCII)
              .build();
      bar = shown;
    }
    if (shown != null) {
      shown.stepTo(done);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
