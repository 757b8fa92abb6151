package dev.phoenix.cli;

import dev.phoenix.cli.TrainingSettings.Setting;
import dev.phoenix.training.run.Schedule;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the length of a training. */
final class ScheduleOptions {
  private static final Schedule DEFAULT = new Schedule(40, 2, 5, 60);

  @Option(names = "--epochs", paramLabel = "N", description = "Epochs at most (default: 40).")
  private @Nullable Long epochs;

  @Option(names = "--minutes", paramLabel = "N", description = "Minutes at most (default: 60).")
  private @Nullable Double minutes;

  @Option(
      names = "--validate-every",
      paramLabel = "N",
      description = "Epochs between measurements on held-out events (default: 2).")
  private @Nullable Integer validateEvery;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "Measurements without improvement before the training ends (default: 5).")
  private @Nullable Integer patience;

  ScheduleOptions() {}

  Schedule resolve(TrainingSettings settings) {
    return new Schedule(
        settings.wideInteger(
            new Setting<>("--epochs", "epochs", epochs), Schedule.COUNTS, DEFAULT.epochs()),
        settings.integer(
            new Setting<>("--validate-every", "validate_every", validateEvery),
            Schedule.COUNTS,
            DEFAULT.validateEvery()),
        settings.integer(
            new Setting<>("--patience", "patience", patience), Schedule.COUNTS, DEFAULT.patience()),
        settings.number(
            new Setting<>("--minutes", "minutes", minutes), Schedule.MINUTES, DEFAULT.minutes()));
  }
}
