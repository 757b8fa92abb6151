package dev.phoenix.cli;

import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.DataFormat;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.fit.Outcome;
import dev.phoenix.fit.RetrievalFit;
import dev.phoenix.fit.RunFolder;
import dev.phoenix.fit.Tower;
import dev.phoenix.ops.GradientOps;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code phoenix train retrieval}. */
@Command(
    name = "retrieval",
    description = {
      "Train the two towers: from every prefix of a history, the post that the user took next,"
          + " among the other users' and sampled ones.",
      "Each user's last event is kept for `phoenix evaluate`, the one before it decides when the"
          + " model is best. The posts are encoded into a corpus, so that `phoenix pipeline"
          + " --artifacts DIR` runs once there is a ranker too."
    },
    footer = {
      "",
      "Example:",
      "  phoenix train retrieval --data world.tsv --format world --out trained"
    },
    mixinStandardHelpOptions = true)
final class TrainRetrievalCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOptions data = new DataOptions();
  @Mixin private TrainOptions options = new TrainOptions();

  @Option(
      names = "--tower",
      paramLabel = "KIND",
      defaultValue = "mean",
      description =
          "How a post becomes a vector: mean, of its embedding rows, or mlp, by two projections"
              + " (default: ${DEFAULT-VALUE}).")
  private Tower tower = Tower.MEAN;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      defaultValue = "0.07",
      description = "Where the learned temperature begins (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--negatives",
      paramLabel = "N",
      defaultValue = "512",
      description =
          "Sampled negatives a step, beside the other users' posts (default: ${DEFAULT-VALUE}).")
  private int negatives;

  @Option(
      names = "--popularity-exponent",
      paramLabel = "X",
      defaultValue = "0",
      description =
          "How they are drawn: 0, all posts alike, to 1, by popularity (default:"
              + " ${DEFAULT-VALUE}).")
  private double popularityExponent;

  @Option(
      names = "--before",
      paramLabel = "PART",
      defaultValue = "validation",
      description =
          "Train on what comes before each user's validation event or before the test event; the"
              + " latter trains on what it measures, so choose the epochs before (default:"
              + " ${DEFAULT-VALUE}).")
  private LeaveOneOut.Part before = LeaveOneOut.Part.VALIDATION;

  TrainRetrievalCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Dataset dataset = data.read();
    RetrievalFit fit =
        new RetrievalFit(
            dataset,
            options.recipe(1, negatives),
            new RetrievalFit.Choices(tower, temperature, popularityExponent, before));
    RunFolder folder = options.folder("retrieval");
    Outcome outcome;
    try (GradientOps ops = options.open();
        TrainingBar bar = new TrainingBar("Training", out)) {
      outcome = fit.train(ops, folder, options.start(), options.schedule(), bar);
      fit.exportCorpus(ops.ops(), folder, labels(dataset.catalog(), data.format()), 0);
    }
    out.printf(
        Locale.ROOT,
        "%d epochs; best after %d, HR@10 %.4f on validation: %s%n",
        outcome.epochs(),
        outcome.bestEpoch(),
        outcome.best(),
        folder.export());
    out.flush();
    return 0;
  }

  /** What a feed shows of a post: films by their titles, posts by their topics. */
  private static List<String> labels(Catalog catalog, DataFormat format) {
    return format == DataFormat.MOVIELENS ? catalog.titles() : catalog.topics();
  }
}
