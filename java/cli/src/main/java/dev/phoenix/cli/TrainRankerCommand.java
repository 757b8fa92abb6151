package dev.phoenix.cli;

import dev.phoenix.cli.TrainingSettings.Setting;
import dev.phoenix.dataset.DataFormat;
import dev.phoenix.fit.Outcome;
import dev.phoenix.fit.RankerFit;
import dev.phoenix.fit.Recipe;
import dev.phoenix.fit.RunFolder;
import dev.phoenix.fit.Schedule;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.training.TrainingConfig;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
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
          + " model is best, the last 10 % are kept for `phoenix evaluate`."
    },
    footer = {
      "",
      "Example:",
      "  phoenix train ranker --data world.tsv --format world --out trained"
    },
    mixinStandardHelpOptions = true)
final class TrainRankerCommand implements Callable<Integer> {
  private static final int NEGATIVES_OF_SEQUENCES = 32;
  private static final int DEFAULT_CANDIDATES = 32;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOptions data = new DataOptions();
  @Mixin private TrainOptions options = new TrainOptions();

  @Option(
      names = "--candidates",
      paramLabel = "C",
      description = "Impressions of a user that a step predicts (default: 32).")
  private @Nullable Integer candidates;

  @Option(
      names = "--negatives",
      paramLabel = "N",
      description =
          "Posts that a user was not shown, to add to them with no action (default: 0; 32 for"
              + " sequences, which hold nothing else that was left).")
  private @Nullable Integer negatives;

  TrainRankerCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    TrainingSettings settings = options.settings();
    Recipe recipe =
        options.recipe(
            settings,
            new Setting<>("--candidates", "candidate_seq_len", candidates),
            DEFAULT_CANDIDATES);
    Schedule schedule = options.schedule(settings);
    int added =
        settings.integer(
            new Setting<>("--negatives", "negatives", negatives),
            TrainingConfig.RetrievalLoss.NEGATIVES,
            data.format() == DataFormat.SEQUENCES ? NEGATIVES_OF_SEQUENCES : 0);
    settings.requireNoOthers();
    RankerFit fit = new RankerFit(data.read(), recipe, added);
    RunFolder folder = options.folder("ranker");
    Outcome outcome;
    try (GradientOps ops = options.open();
        TrainingBar bar = new TrainingBar("Training", out)) {
      outcome = fit.train(ops, folder, options.start(), schedule, bar);
    }
    out.printf(
        Locale.ROOT,
        "%d epochs; best after %d, mean AUC %.4f on validation: %s%n",
        outcome.epochs(),
        outcome.bestEpoch(),
        outcome.best(),
        folder.export());
    out.flush();
    return 0;
  }
}
