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

/** What both trainings have to choose. */
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
      description = "Go on from the checkpoint in DIR, as if it had never been interrupted.")
  private boolean resume;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "A JSON file of settings, these and more: docs/training.md lists its keys. Options given"
              + " here go before it.")
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

  /** The settings, of which this reads what both trainings have. */
  TrainingSettings settings() {
    place.threads();
    return TrainingSettings.read(config);
  }

  /** The options with the candidates that the model's own command chooses. */
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
