package dev.phoenix.cli;

import dev.phoenix.cli.TrainingSettings.Setting;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.DataFormat;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.training.run.Negatives;
import dev.phoenix.training.run.RetrievalTraining;
import dev.phoenix.training.run.RunFolder;
import dev.phoenix.training.run.Schedule;
import dev.phoenix.training.run.Temperature;
import dev.phoenix.training.run.TrainingOptions;
import dev.phoenix.training.run.TrainingResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code phoenix train retrieval}. */
@Command(
    name = "retrieval",
    description = {
      "Train the two towers to predict, from every prefix of a history, the post that the user"
          + " took next, among the other users' posts and sampled ones.",
      "Each user's last event is kept for `phoenix evaluate`, the one before it decides which"
          + " epoch is exported. The posts are encoded into a corpus, so that `phoenix pipeline"
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

  @Mixin private RetrievalOptions retrieval = new RetrievalOptions();

  TrainRetrievalCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    TrainingSettings settings = options.settings();
    TrainingOptions trainingOptions =
        options.trainingOptions(settings, Setting.ofFile("candidate_seq_len"), 1);
    Schedule schedule = options.schedule(settings);
    RetrievalTraining.Representation representation = retrieval.representation(settings);
    Temperature temperature = retrieval.temperature(settings);
    IntFunction<Negatives> negatives = retrieval.negatives(settings);
    LeaveOneOut.Part before = retrieval.before(settings);
    settings.requireNoOthers();
    Dataset dataset = data.read();
    RetrievalTraining training =
        new RetrievalTraining(
            dataset,
            trainingOptions,
            new RetrievalTraining.Choices(
                representation, temperature, negatives.apply(dataset.catalog().size()), before));
    RunFolder folder = options.folder("retrieval");
    TrainingResult result;
    try (GradientOps ops = options.open();
        TrainingBar bar = new TrainingBar("Training", out)) {
      result = training.train(ops, folder, options.start(), schedule, bar);
      training.exportCorpus(ops, folder, labels(dataset.catalog(), data.format()), 0);
    }
    out.printf(
        Locale.ROOT,
        "%d epochs; best after %d, HR@10 %.4f on validation: %s%n",
        result.epochs(),
        result.bestEpoch(),
        result.best(),
        folder.export());
    out.flush();
    return 0;
  }

  /** The label of each post in a feed: titles of films, topics of posts. */
  private static List<String> labels(Catalog catalog, DataFormat format) {
    return format == DataFormat.MOVIELENS ? catalog.titles() : catalog.topics();
  }
}
