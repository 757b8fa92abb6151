package dev.phoenix.cli;

import dev.phoenix.checkpoint.UserPooling;
import dev.phoenix.cli.TrainingSettings.Setting;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.training.TrainingConfig.InitialTower;
import dev.phoenix.training.TrainingConfig.RetrievalLoss;
import dev.phoenix.training.run.Negatives;
import dev.phoenix.training.run.RetrievalTraining.Representation;
import dev.phoenix.training.run.Temperature;
import dev.phoenix.training.run.Tower;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that only the training of retrieval has. */
final class RetrievalOptions {
  private static final int MAX_FOR_ALL = 20_000;
  private static final int DEFAULT_SAMPLED = 512;
  private static final double DEFAULT_TEMPERATURE = 0.07;

  @Option(
      names = "--tower",
      paramLabel = "KIND",
      description =
          "How a post becomes a vector: mean, of its embedding rows, or mlp, by two projections"
              + " (default: mean).")
  private @Nullable Tower tower;

  @Option(
      names = "--tower-start",
      paramLabel = "KIND",
      description =
          "Initial projections of --tower mlp: identity, so that a post begins as the sum of its"
              + " rows, or random (default: identity).")
  private @Nullable InitialTower towerStart;

  @Option(
      names = "--pooling",
      paramLabel = "KIND",
      description =
          "How a history becomes a vector: mean, of the outputs at its positions as in the"
              + " published models, or last, the output at the latest (default: mean).")
  private @Nullable UserPooling pooling;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description = "Initial temperature of the softmax (default: 0.07).")
  private @Nullable Double temperature;

  @Option(
      names = "--fix-temperature",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Keep the initial temperature instead of learning it.")
  private @Nullable Boolean fixTemperature;

  @Option(
      names = "--negatives",
      paramLabel = "all|N",
      description =
          "Negatives of a user's next post: all, every post of the catalogue in every step, or N"
              + " sampled ones (default: all if there are at most 20000, else 512).")
  private @Nullable String negatives;

  @Option(
      names = "--in-batch-negatives",
      paramLabel = "off|on|log-q",
      description =
          "With sampled negatives, whether the other users' posts of the batch are negatives too:"
              + " off, on, or log-q, with scores corrected by log(1 / count in the batch) (default:"
              + " log-q).")
  private Negatives.@Nullable InBatch inBatch;

  @Option(
      names = "--popularity-exponent",
      paramLabel = "X",
      description =
          "How negatives are sampled: from 0, uniformly, to 1, by popularity (default: 0).")
  private @Nullable Double popularityExponent;

  @Option(
      names = "--before",
      paramLabel = "PART",
      description =
          "Train on the events before each user's validation event or before the test event; with"
              + " test, validation measures trained events, so choose the epochs beforehand"
              + " (default: validation).")
  private LeaveOneOut.@Nullable Part before;

  RetrievalOptions() {}

  Representation representation(TrainingSettings settings) {
    return new Representation(
        settings.choice(new Setting<>("--tower", "tower", tower), Tower.values(), Tower.MEAN),
        settings.choice(
            new Setting<>("--tower-start", "tower_start", towerStart),
            InitialTower.values(),
            InitialTower.IDENTITY),
        settings.choice(
            new Setting<>("--pooling", "user_pooling", pooling),
            UserPooling.values(),
            UserPooling.MEAN));
  }

  Temperature temperature(TrainingSettings settings) {
    boolean fixed =
        settings.flag(new Setting<>("--fix-temperature", "fix_temperature", fixTemperature));
    return new Temperature(
        settings.number(
            new Setting<>("--temperature", "temperature", temperature),
            RetrievalLoss.TEMPERATURES,
            DEFAULT_TEMPERATURE),
        fixed ? Temperature.Kind.FIXED : Temperature.Kind.LEARNED);
  }

  /** The negatives of a next post, by the number of posts in the catalogue. */
  IntFunction<Negatives> negatives(TrainingSettings settings) {
    Setting<String> setting = new Setting<>("--negatives", "negatives", negatives);
    String text = settings.text(setting);
    Setting<Negatives.InBatch> inBatchSetting =
        new Setting<>("--in-batch-negatives", "in_batch_negatives", inBatch);
    Negatives.InBatch others =
        settings.choice(inBatchSetting, Negatives.InBatch.values(), Negatives.InBatch.LOG_Q);
    double exponent =
        settings.number(
            new Setting<>("--popularity-exponent", "popularity_exponent", popularityExponent),
            Negatives.Sampled.POPULARITY_EXPONENTS,
            0);
    if (text == null && !settings.has(inBatchSetting)) {
      Negatives sampled = new Negatives.Sampled(DEFAULT_SAMPLED, exponent, others);
      return posts -> posts <= MAX_FOR_ALL ? new Negatives.All() : sampled;
    }
    if ("all".equals(text)) {
      if (settings.has(inBatchSetting)) {
        throw new IllegalArgumentException(
            settings.name(inBatchSetting)
                + ": expected with sampled negatives, found all posts as negatives");
      }
      return _ -> new Negatives.All();
    }
    Negatives sampled =
        new Negatives.Sampled(
            text == null ? DEFAULT_SAMPLED : count(settings.name(setting), text, others),
            exponent,
            others);
    return _ -> sampled;
  }

  private static int count(String name, String text, Negatives.InBatch inBatch) {
    try {
      int count = Integer.parseInt(text);
      int min = inBatch == Negatives.InBatch.OFF ? 1 : 0;
      if (count >= min && RetrievalLoss.NEGATIVES.contains(count)) {
        return count;
      }
    } catch (NumberFormatException e) {
      throw refuse(name, text, inBatch, e);
    }
    throw refuse(name, text, inBatch, null);
  }

  private static IllegalArgumentException refuse(
      String name, String text, Negatives.InBatch inBatch, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "%s: expected all or an integer from %d to %.0f%s, found %s"
            .formatted(
                name,
                inBatch == Negatives.InBatch.OFF ? 1 : 0,
                RetrievalLoss.NEGATIVES.max(),
                inBatch == Negatives.InBatch.OFF ? " where in-batch negatives are off" : "",
                text),
        cause);
  }

  LeaveOneOut.Part before(TrainingSettings settings) {
    return settings.choice(
        new Setting<>("--before", "before", before),
        LeaveOneOut.Part.values(),
        LeaveOneOut.Part.VALIDATION);
  }
}
