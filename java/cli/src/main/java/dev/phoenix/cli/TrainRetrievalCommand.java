package dev.phoenix.cli;

import dev.phoenix.checkpoint.UserPooling;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.DataFormat;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.fit.Negatives;
import dev.phoenix.fit.Outcome;
import dev.phoenix.fit.RetrievalFit;
import dev.phoenix.fit.RunFolder;
import dev.phoenix.fit.Tower;
import dev.phoenix.ops.GradientOps;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
  private static final int MOST_FOR_ALL = 20_000;
  private static final int DEFAULT_DRAWN = 512;

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
      names = "--pooling",
      paramLabel = "KIND",
      defaultValue = "mean",
      description =
          "How a history becomes a vector: mean, of the outputs at its positions as in the"
              + " published models, or last, the output at the latest (default: ${DEFAULT-VALUE}).")
  private UserPooling pooling = UserPooling.MEAN;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      defaultValue = "0.07",
      description = "Where the learned temperature begins (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--negatives",
      paramLabel = "all|N",
      description =
          "What a user's next post competes with: all, every post of the catalogue in every step,"
              + " or the other users' posts and N drawn ones (default: all where there are at most"
              + " 20000, else 512).")
  private @Nullable String negatives;

  @Option(
      names = "--popularity-exponent",
      paramLabel = "X",
      defaultValue = "0",
      description =
          "How negatives are drawn: 0, all posts alike, to 1, by popularity (default:"
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
            options.recipe(1),
            new RetrievalFit.Choices(
                tower, pooling, temperature, competing(dataset.catalog().size()), before));
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

  private Negatives competing(int posts) {
    if (negatives == null) {
      return posts <= MOST_FOR_ALL ? new Negatives.All() : sampled(DEFAULT_DRAWN);
    }
    if (negatives.equals("all")) {
      return new Negatives.All();
    }
    try {
      return sampled(Integer.parseInt(negatives));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--negatives: expected all or a number, found " + negatives, e);
    }
  }

  private Negatives sampled(int count) {
    return new Negatives.Sampled(count, popularityExponent);
  }

  /** What a feed shows of a post: films by their titles, posts by their topics. */
  private static List<String> labels(Catalog catalog, DataFormat format) {
    return format == DataFormat.MOVIELENS ? catalog.titles() : catalog.topics();
  }
}
