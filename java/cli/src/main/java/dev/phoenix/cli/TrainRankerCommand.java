package dev.phoenix.cli;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.cli.TrainingSettings.Setting;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.ops.ContinuousLoss;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.training.TrainingConfig;
import dev.phoenix.training.TrainingConfig.RankerLoss;
import dev.phoenix.training.run.ModelSize;
import dev.phoenix.training.run.Negatives;
import dev.phoenix.training.run.RankerSampling;
import dev.phoenix.training.run.RankerTraining;
import dev.phoenix.training.run.RunFolder;
import dev.phoenix.training.run.Schedule;
import dev.phoenix.training.run.TrainingOptions;
import dev.phoenix.training.run.TrainingResult;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code phoenix train ranker}. */
@Command(
    name = "ranker",
    description = {
      "Train the ranker: what comes of a user's next impressions, action by action.",
      "The first 80 % of each user's impressions are trained on, the next 10 % decide when the"
          + " model is best, the last 10 % are kept for `phoenix evaluate`.",
      "Train retrieval into the same folder first: the ranker begins with its embedding rows, and"
          + " the weight of the retrieval score in feeds is chosen on the validation events."
    },
    footer = {
      "",
      "Example:",
      "  phoenix train ranker --data world.tsv --format world --out trained"
    },
    mixinStandardHelpOptions = true)
final class TrainRankerCommand implements Callable<Integer> {
  private static final int DEFAULT_CANDIDATES = 32;

  /** The value of a setting that depends on the data. */
  private static final int UNSET = -1;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOptions data = new DataOptions();
  @Mixin private TrainOptions options = new TrainOptions();

  @Option(
      names = "--candidates",
      paramLabel = "C",
      description = "Candidates of a request, C (default: 32).")
  private @Nullable Integer candidates;

  @Option(
      names = "--negatives",
      paramLabel = "N",
      description =
          "Posts that were not shown, added to the candidates as negatives (default: 0; 32 if the"
              + " data hold no impression without an action, as sequences).")
  private @Nullable Integer negatives;

  @Option(
      names = "--popularity-exponent",
      paramLabel = "X",
      description = "How negatives are drawn: from 0, uniformly, to 1, by popularity (default: 0).")
  private @Nullable Double popularityExponent;

  @Option(
      names = "--horizon",
      paramLabel = "N",
      description =
          "Number of next impressions predicted from one history (default: C; 1 if the data hold"
              + " no impression without an action).")
  private @Nullable Integer horizon;

  TrainRankerCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    TrainingSettings settings = options.settings();
    TrainingOptions trainingOptions =
        options.trainingOptions(
            settings,
            new Setting<>("--candidates", "candidate_seq_len", candidates),
            DEFAULT_CANDIDATES);
    Schedule schedule = options.schedule(settings);
    Function<Dataset, RankerSampling> sampling =
        sampling(settings, trainingOptions.size().candidates());
    RankerLoss loss = loss(settings);
    settings.requireNoOthers();
    Dataset dataset = data.read();
    RankerTraining training =
        new RankerTraining(dataset, trainingOptions, sampling.apply(dataset), loss);
    RunFolder folder = options.folder("ranker");
    TrainingResult result;
    try (GradientOps ops = options.open();
        TrainingBar bar = new TrainingBar("Training", out)) {
      result = training.train(ops, folder, options.start(), schedule, bar);
    }
    out.printf(
        Locale.ROOT,
        "%d epochs; best after %d, mean AUC %.4f on validation: %s%n",
        result.epochs(),
        result.bestEpoch(),
        result.best(),
        folder.export());
    double weight =
        ModelConfig.read(folder.export().resolve("config.json")).retrieval().retrievalWeight();
    out.println(
        weight == 0
            ? "no retrieval/ beside it: feeds have the published weights"
            : "feeds have the published weights and retrieval=%s, as fits %s best on validation"
                .formatted(weight, folder.root().resolve("retrieval")));
    out.flush();
    return 0;
  }

  private static RankerLoss loss(TrainingSettings settings) {
    return new RankerLoss(
        settings.choice(
            Setting.ofFile("continuous_loss"), ContinuousLoss.values(), RankerLoss.DEFAULT.kind()),
        settings.number(
            Setting.ofFile("continuous_loss_weight"),
            RankerLoss.WEIGHTS,
            RankerLoss.DEFAULT.weight()));
  }

  /** The sampling of candidates; options that were not given depend on the data. */
  private Function<Dataset, RankerSampling> sampling(TrainingSettings settings, int candidates) {
    int chosenHorizon =
        settings.integer(new Setting<>("--horizon", "horizon", horizon), ModelSize.LENGTHS, UNSET);
    int chosenNegatives =
        settings.integer(
            new Setting<>("--negatives", "negatives", negatives),
            TrainingConfig.RetrievalLoss.NEGATIVES,
            UNSET);
    double exponent =
        settings.number(
            new Setting<>("--popularity-exponent", "popularity_exponent", popularityExponent),
            Negatives.Sampled.POPULARITY_EXPONENTS,
            0);
    return dataset -> {
      RankerSampling usual = RankerSampling.of(dataset, candidates);
      return new RankerSampling(
          chosenHorizon == UNSET ? usual.horizon() : chosenHorizon,
          chosenNegatives == UNSET ? usual.negatives() : chosenNegatives,
          exponent);
    };
  }
}
