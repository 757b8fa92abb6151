package dev.phoenix.cli;

import dev.phoenix.cli.TrainingSettings.Setting;
import dev.phoenix.training.NumberRange;
import dev.phoenix.training.TrainingConfig;
import dev.phoenix.training.TrainingConfig.Decay;
import dev.phoenix.training.run.Optimisation;
import dev.phoenix.training.run.RateSchedule;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the optimisers. */
final class OptimiserOptions {
  private static final String ADAM = "optimizer.adamw.";
  private static final String ADAGRAD = "optimizer.rowwise_adagrad.";

  /** Learning rates; 0 is excluded because it would not train. */
  private static final NumberRange RATES =
      NumberRange.above(0, TrainingConfig.AdamW.LEARNING_RATES.max());

  private static final NumberRange EMBEDDING_RATES =
      NumberRange.above(0, TrainingConfig.RowwiseAdagrad.LEARNING_RATES.max());

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description = "Learning rate of the dense parameters, AdamW (default: 0.001).")
  private @Nullable Double learningRate;

  @Option(
      names = "--embedding-rate",
      paramLabel = "X",
      description = "Learning rate of the embedding rows, row-wise AdaGrad (default: 0.2).")
  private @Nullable Double embeddingRate;

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      description = "Weight decay of the dense parameters (default: 0.0001).")
  private @Nullable Double weightDecay;

  @Option(
      names = "--schedule",
      paramLabel = "KIND",
      description =
          "Learning rates after the warm-up: constant, or cosine or linear, which fall to"
              + " --final-rate over all epochs (default: constant).")
  private @Nullable Decay decay;

  @Option(
      names = "--warmup-steps",
      paramLabel = "N",
      description = "Steps in which the learning rates rise to their values (default: 100).")
  private @Nullable Integer warmupSteps;

  @Option(
      names = "--final-rate",
      paramLabel = "X",
      description =
          "Share of the learning rates that is left after the last epoch, with a cosine or linear"
              + " schedule (default: 0.01).")
  private @Nullable Double finalRate;

  @Option(
      names = "--dropout",
      paramLabel = "X",
      description = "Share of elements dropped (default: 0.2).")
  private @Nullable Double dropout;

  OptimiserOptions() {}

  Optimisation resolve(TrainingSettings settings) {
    Optimisation usual = Optimisation.DEFAULT;
    return new Optimisation(
        dense(settings, usual.dense()),
        embeddings(settings, usual.embeddings()),
        schedule(settings),
        settings.number(Setting.ofFile("clip_norm"), TrainingConfig.CLIP_NORMS, usual.clipNorm()),
        settings.number(
            new Setting<>("--dropout", "dropout", dropout),
            TrainingConfig.DROPOUTS,
            usual.dropout()));
  }

  private TrainingConfig.AdamW dense(TrainingSettings settings, TrainingConfig.AdamW usual) {
    return new TrainingConfig.AdamW(
        settings.number(
            new Setting<>("--learning-rate", ADAM + "learning_rate", learningRate),
            RATES,
            usual.learningRate()),
        settings.number(Setting.ofFile(ADAM + "b1"), TrainingConfig.AdamW.BETAS, usual.beta1()),
        settings.number(Setting.ofFile(ADAM + "b2"), TrainingConfig.AdamW.BETAS, usual.beta2()),
        settings.number(
            Setting.ofFile(ADAM + "eps"), TrainingConfig.AdamW.EPSILONS, usual.epsilon()),
        settings.number(
            new Setting<>("--weight-decay", ADAM + "weight_decay", weightDecay),
            TrainingConfig.AdamW.WEIGHT_DECAYS,
            usual.weightDecay()));
  }

  private TrainingConfig.RowwiseAdagrad embeddings(
      TrainingSettings settings, TrainingConfig.RowwiseAdagrad usual) {
    return new TrainingConfig.RowwiseAdagrad(
        settings.number(
            new Setting<>("--embedding-rate", ADAGRAD + "learning_rate", embeddingRate),
            EMBEDDING_RATES,
            usual.learningRate()),
        settings.number(
            Setting.ofFile(ADAGRAD + "eps"),
            TrainingConfig.RowwiseAdagrad.EPSILONS,
            usual.epsilon()),
        settings.number(
            Setting.ofFile(ADAGRAD + "initial_accumulator"),
            TrainingConfig.RowwiseAdagrad.ACCUMULATORS,
            usual.initialAccumulator()));
  }

  private RateSchedule schedule(TrainingSettings settings) {
    Decay chosen =
        settings.choice(
            new Setting<>("--schedule", "schedule", decay), Decay.values(), Decay.CONSTANT);
    Setting<Double> left = new Setting<>("--final-rate", "final_rate", finalRate);
    double factor = settings.number(left, TrainingConfig.Schedule.FINAL_FACTORS, 0.01);
    if (chosen == Decay.CONSTANT && settings.has(left)) {
      throw new IllegalArgumentException(
          "%s: expected with a cosine or linear schedule, found a constant one"
              .formatted(settings.name(left)));
    }
    return new RateSchedule(
        chosen,
        settings.integer(
            new Setting<>("--warmup-steps", "warmup_steps", warmupSteps),
            RateSchedule.WARMUP_STEPS,
            Optimisation.DEFAULT.schedule().warmupSteps()),
        chosen == Decay.CONSTANT ? 1 : factor);
  }
}
