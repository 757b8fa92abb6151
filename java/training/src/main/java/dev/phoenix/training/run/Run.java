package dev.phoenix.training.run;

import dev.phoenix.checkpoint.AtomicFile;
import dev.phoenix.evaluation.MetricException;
import dev.phoenix.plot.Plot;
import dev.phoenix.plot.Series;
import dev.phoenix.training.StepLog;
import dev.phoenix.training.Trainer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Trains one model: update after update, measured from time to time, the best exported, the state
 * kept so that nothing but the last minute is ever lost.
 *
 * @param <B> the batches
 */
final class Run<B> {
  private static final long SAVE_NANOS = 60_000_000_000L;
  private static final int LOG_STEPS = 10;

  /** So many steps in a row without a finite loss and gradient are no accident. */
  private static final int MAX_SKIPPED = 25;

  private final Trainer<B> trainer;
  private final BatchSource<B> source;
  private final Validation validation;
  private final Place place;
  private final RunFolder folder;
  private final MetricsLog metrics;
  private final Schedule schedule;
  private final long started = System.nanoTime();
  private long saved = started;

  // The caller's numbers in a checkpoint.
  private double best = Double.NEGATIVE_INFINITY;
  private long bestEpoch;
  private long stale;

  private int skippedInARow;

  /**
   * Where a model is exported, and what happens to an export before and after it takes its name.
   *
   * @param folder of the run
   * @param finish given the folder of a new export; throws where the model is broken
   * @param published runs after an export has taken its name
   */
  record Place(RunFolder folder, Consumer<Path> finish, Runnable published) {
    void export(Trainer<?> trainer) {
      folder.replaceExport(
          exported -> {
            trainer.export(exported);
            finish.accept(exported);
          });
      published.run();
    }
  }

  Run(
      Trainer<B> trainer,
      BatchSource<B> source,
      Validation validation,
      Place place,
      Schedule schedule) {
    this.trainer = trainer;
    this.source = source;
    this.validation = validation;
    this.place = place;
    this.folder = place.folder();
    this.schedule = schedule;
    this.metrics = MetricsLog.open(folder.metrics(), trainer.step());
    long[] progress = trainer.progress();
    if (progress.length == 3) {
      best = Double.longBitsToDouble(progress[0]);
      bestEpoch = progress[1];
      stale = progress[2];
    }
  }

  TrainingResult train(Progress progress, ToIntFunction<B> samples) {
    long total = schedule.epochs() * source.steps();
    progress.begin(total, trainer.step());
    double lossSum = 0;
    int losses = 0;
    long sampleCount = 0;
    long since = System.nanoTime();
    while (trainer.step() < total && stale < schedule.patience() && !isLate()) {
      long epoch = trainer.step() / source.steps();
      B batch = source.batch(epoch, (int) (trainer.step() % source.steps()));
      StepLog log = trainer.update(batch);
      sampleCount += samples.applyAsInt(batch);
      if (!log.skipped()) {
        lossSum += log.loss();
        losses++;
      }
      requireFinite(log);
      double rate = sampleCount * 1e9 / Math.max(1, System.nanoTime() - since);
      progress.step(log, rate);
      if (log.step() % LOG_STEPS == 0) {
        logStep(log, losses == 0 ? log.loss() : lossSum / losses, rate);
        lossSum = 0;
        losses = 0;
        sampleCount = 0;
        since = System.nanoTime();
      }
      if (log.step() % source.steps() == 0) {
        endEpoch(epoch + 1, total, progress);
        since = System.nanoTime();
        sampleCount = 0;
      }
      if (System.nanoTime() - saved > SAVE_NANOS) {
        save();
      }
    }
    finish(progress);
    return new TrainingResult(trainer.step() / source.steps(), bestEpoch, best);
  }

  private void finish(Progress progress) {
    if (best == Double.NEGATIVE_INFINITY) {
      // The time was over before the first measurement: what is exported is measured all the same.
      measure(trainer.step() / source.steps(), progress);
    } else {
      save();
      plot();
    }
  }

  /** Counts steps that were skipped one after the other, and ends the run where they are many. */
  private void requireFinite(StepLog log) {
    skippedInARow = log.skipped() ? skippedInARow + 1 : 0;
    if (skippedInARow == MAX_SKIPPED) {
      throw new TrainingException(
          "the loss or a gradient was not finite in %d steps in a row, the last of them step %d, at"
                  .formatted(MAX_SKIPPED, log.step())
              + " the learning rate %s; use smaller learning rates, and look for values in the data"
                  .formatted(log.learningRate())
              + " that are not finite");
    }
  }

  private boolean isLate() {
    return System.nanoTime() - started > schedule.minutes() * 60e9;
  }

  private void endEpoch(long epochs, long total, Progress progress) {
    if (epochs % schedule.validateEvery() != 0 && trainer.step() < total) {
      return;
    }
    measure(epochs, progress);
  }

  /** Measures the model as it stands, and exports it where it is the best so far. */
  private void measure(long epochs, Progress progress) {
    SequencedMap<String, Double> found = validation.measure();
    MetricException.requireFinite("validation after %d epochs".formatted(epochs), found);
    SequencedMap<String, Object> line = new LinkedHashMap<>();
    line.put("step", trainer.step());
    line.put("epoch", epochs);
    line.put("validation", found);
    metrics.add(line);
    double chief = found.firstEntry().getValue();
    if (chief > best) {
      best = chief;
      bestEpoch = epochs;
      stale = 0;
      place.export(trainer);
    } else {
      stale++;
    }
    save();
    plot();
    progress.measured(epochs, found);
  }

  private void logStep(StepLog log, double loss, double rate) {
    SequencedMap<String, Object> line = new LinkedHashMap<>();
    line.put("step", log.step());
    line.put("loss", loss);
    line.put("gradient_norm", log.gradientNorm());
    line.put("learning_rate", log.learningRate());
    line.put("skipped_steps", log.skippedSteps());
    line.put("samples_per_second", Math.round(rate));
    metrics.add(line);
  }

  private void save() {
    trainer.save(folder.checkpoint(), Double.doubleToLongBits(best), bestEpoch, stale);
    saved = System.nanoTime();
  }

  private void plot() {
    List<Plot.Panel> panels = new ArrayList<>();
    add(panels, "loss", "training", metrics.points("loss"));
    for (String name : validation.names()) {
      add(panels, name, "validation", metrics.points("validation", name));
    }
    String svg = new Plot("", panels).svg();
    AtomicFile.write(folder.plot(), svg.getBytes(StandardCharsets.UTF_8));
  }

  private static void add(
      List<Plot.Panel> panels, String title, String part, List<Series.Point> points) {
    if (!points.isEmpty()) {
      List<Series> curve = List.of(Series.line(part, "#1f5fa8", points));
      panels.add(Plot.Panel.covering(title, "step", curve));
    }
  }
}
