package dev.phoenix.cli;

import dev.phoenix.cli.TrainingSettings.Setting;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.training.NumberRange;
import dev.phoenix.training.run.ModelSize;
import dev.phoenix.training.run.RunFolder;
import dev.phoenix.training.run.Schedule;
import dev.phoenix.training.run.Start;
import dev.phoenix.training.run.TrainingOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that both trainings have. */
final class TrainOptions {
  private static final int DEFAULT_BATCH = 256;
  private static final NumberRange SEEDS = NumberRange.of(Long.MIN_VALUE, Long.MAX_VALUE);

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "Folder for the model in the published layout, and in training/ the checkpoint, metrics"
              + " and plot.")
  private Path out = Path.of("");

  @Option(
      names = "--resume",
      description =
          "Continue from the checkpoint in DIR with the same result as an uninterrupted run.")
  private boolean resume;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "A JSON file of settings, these and more: docs/training.md lists its keys. Options"
              + " override it.")
  private @Nullable Path config;

  @Mixin private ScheduleOptions schedule = new ScheduleOptions();
  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private OptimiserOptions optimiser = new OptimiserOptions();

  @Option(names = "--batch", paramLabel = "N", description = "Users a step (default: 256).")
  private @Nullable Integer batch;

  @Option(names = "--seed", paramLabel = "N", description = "Random seed (default: 1).")
  private @Nullable Long seed;

  @Mixin private PlaceOptions place = new PlaceOptions();

  TrainOptions() {}

  /** Reads the settings file. */
  TrainingSettings settings() {
    place.threads();
    return TrainingSettings.read(config);
  }

  /** The training options; {@code otherwise} is the default number of candidates. */
  TrainingOptions trainingOptions(
      TrainingSettings settings, Setting<Integer> candidates, int otherwise) {
    ModelSize size = model.resolve(settings, candidates, otherwise);
    return new TrainingOptions(
        size,
        model.architecture(settings, size.heads()),
        optimiser.resolve(settings),
        settings.integer(
            new Setting<>("--batch", "batch_size", batch), TrainingOptions.BATCHES, DEFAULT_BATCH),
        settings.wideInteger(new Setting<>("--seed", "seed", seed), SEEDS, 1));
  }

  Schedule schedule(TrainingSettings settings) {
    return schedule.resolve(settings);
  }

  RunFolder folder(String model) {
    return new RunFolder(out, model);
  }

  Start start() {
    return resume ? Start.RESUME : Start.NEW;
  }

  GradientOps open() {
    return place.openTraining();
  }
}
