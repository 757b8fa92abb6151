package dev.phoenix.cli;

import dev.phoenix.dataset.Dataset;
import dev.phoenix.fit.Outcome;
import dev.phoenix.fit.RankerFit;
import dev.phoenix.fit.RankerSampling;
import dev.phoenix.fit.RunFolder;
import dev.phoenix.ops.GradientOps;
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
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOptions data = new DataOptions();
  @Mixin private TrainOptions options = new TrainOptions();

  @Option(
      names = "--candidates",
      paramLabel = "C",
      defaultValue = "32",
      description =
          "Candidates of a request that the model is made for (default: ${DEFAULT-VALUE}).")
  private int candidates;

  @Option(
      names = "--negatives",
      paramLabel = "N",
      description =
          "Posts that a user was not shown, to add to them with no action (default: 0; 32 where"
              + " the data hold no impression without an action, as sequences).")
  private @Nullable Integer negatives;

  @Option(
      names = "--negative-exponent",
      paramLabel = "X",
      defaultValue = "0",
      description =
          "How these are drawn: 0, all posts alike, to 1, by popularity (default:"
              + " ${DEFAULT-VALUE}).")
  private double negativeExponent;

  @Option(
      names = "--horizon",
      paramLabel = "N",
      description =
          "Next impressions that are predicted from one history (default: C; 1, the very next,"
              + " where the data hold no impression without an action).")
  private @Nullable Integer horizon;

  TrainRankerCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Dataset dataset = data.read();
    RankerFit fit = new RankerFit(dataset, options.recipe(candidates), sampling(dataset));
    RunFolder folder = options.folder("ranker");
    Outcome outcome;
    try (GradientOps ops = options.open();
        TrainingBar bar = new TrainingBar("Training", out)) {
      outcome = fit.train(ops, folder, options.start(), options.schedule(), bar);
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

  private RankerSampling sampling(Dataset dataset) {
    RankerSampling usual = RankerSampling.of(dataset, candidates);
    return new RankerSampling(
        horizon == null ? usual.horizon() : horizon,
        negatives == null ? usual.negatives() : negatives,
        negativeExponent);
  }
}
