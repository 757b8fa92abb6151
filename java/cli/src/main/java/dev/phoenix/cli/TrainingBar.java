package dev.phoenix.cli;

import dev.phoenix.training.StepLog;
import dev.phoenix.training.run.Progress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.SequencedMap;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows a training: a bar with loss and speed, and a line for every measurement. */
final class TrainingBar implements Progress, AutoCloseable {
  private static final double SMOOTHING = 0.02;

  private final ProgressBar bar;
  private final PrintWriter out;
  private double loss = Double.NaN;

  TrainingBar(String task, PrintWriter out) {
    this.out = out;
    this.bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(-1)
            .setUnit(" steps", 1)
            .setUpdateIntervalMillis(1000)
            .setStyle(ProgressBarStyle.ASCII)
            .build();
  }

  @Override
  public void resumed(String changes) {
    out.println(changes);
    out.flush();
  }

  @Override
  public void begin(long steps, long made) {
    bar.maxHint(steps);
    bar.stepTo(made);
  }

  @Override
  public void step(StepLog log, double samplesPerSecond) {
    if (!log.skipped()) {
      loss = Double.isNaN(loss) ? log.loss() : loss + SMOOTHING * (log.loss() - loss);
    }
    bar.setExtraMessage(
        String.format(Locale.ROOT, " loss %.4f, %,.0f samples/s", loss, samplesPerSecond));
    bar.stepTo(log.step());
  }

  @Override
  public void measured(long epoch, SequencedMap<String, Double> metrics) {
    StringBuilder line = new StringBuilder();
    metrics.forEach(
        (name, value) -> line.append(String.format(Locale.ROOT, "  %s %.4f", name, value)));
    out.printf(Locale.ROOT, "epoch %3d  loss %.4f%s%n", epoch, loss, line);
    out.flush();
  }

  @Override
  public void close() {
    bar.close();
  }
}
