package dev.phoenix.cli;

import dev.phoenix.checkpoint.UserPooling;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.training.run.Architecture;
import dev.phoenix.training.run.ModelSize;
import dev.phoenix.training.run.Negatives;
import dev.phoenix.training.run.Optimisation;
import dev.phoenix.training.run.RankerSampling;
import dev.phoenix.training.run.RankerTraining;
import dev.phoenix.training.run.RateSchedule;
import dev.phoenix.training.run.RetrievalTraining;
import dev.phoenix.training.run.RunFolder;
import dev.phoenix.training.run.Schedule;
import dev.phoenix.training.run.Start;
import dev.phoenix.training.run.Temperature;
import dev.phoenix.training.run.Tower;
import dev.phoenix.training.run.TrainingOptions;
import dev.phoenix.training.run.TrainingResult;
import dev.phoenix.world.World;
import dev.phoenix.world.WorldSize;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code phoenix demo make}: rebuilds the demo checkpoint. */
@Command(
    name = "make",
    description = {
      "Make the demo checkpoint: a world, both models trained on it, the corpus, and the history of"
          + " the world's greatest football fan as the example.",
      "The same seed makes the same files, on any number of cores of one kind."
    },
    footer = {"", "Example:", "  phoenix demo make --out checkpoints/demo"},
    mixinStandardHelpOptions = true)
final class DemoMakeCommand implements Callable<Integer> {
  /** The seed of the world that the demo's models are trained on. */
  static final long WORLD_SEED = 7;

  private static final String EXAMPLE_TOPIC = "football";
  private static final int HISTORY = 64;
  private static final int CANDIDATES = 32;
  private static final int FEWEST_ENGAGEMENTS = 20;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder for the checkpoint.")
  private Path out = Path.of("");

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the training (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--threads", paramLabel = "N", description = "Cores to use (default: all).")
  private int threads = Runtime.getRuntime().availableProcessors();

  DemoMakeCommand() {}

  @Override
  public Integer call() {
    PrintWriter log = spec.commandLine().getOut();
    Dataset world = World.generate(WorldSize.DEMO, WORLD_SEED).dataset();
    try (GradientOps ops = CpuGradientOps.create(threads)) {
      trainRetrieval(ops, world, log);
      trainRanker(ops, world, log);
    }
    log.printf("made: %s%n", out);
    log.flush();
    return 0;
  }

  private void trainRetrieval(GradientOps ops, Dataset world, PrintWriter log) {
    RetrievalTraining training =
        new RetrievalTraining(
            world,
            options(),
            new RetrievalTraining.Choices(
                RetrievalTraining.Representation.of(Tower.MEAN, UserPooling.MEAN),
                new Temperature(0.07, Temperature.Kind.LEARNED),
                new Negatives.Sampled(256, 0, Negatives.InBatch.LOG_Q),
                LeaveOneOut.Part.VALIDATION));
    RunFolder folder = new RunFolder(out, "retrieval");
    try (TrainingBar bar = new TrainingBar("Retrieval", log)) {
      report(log, "HR@10", training.train(ops, folder, Start.NEW, new Schedule(6, 2, 2, 60), bar));
    }
    try (Ops inference = CpuOps.create(Precision.FLOAT32, threads)) {
      training.exportCorpus(
          inference, folder, world.catalog().topics(), greatestFan(training.split().dataset()));
    }
  }

  private void trainRanker(GradientOps ops, Dataset world, PrintWriter log) {
    RankerTraining training =
        new RankerTraining(world, options(), RankerSampling.of(world, CANDIDATES));
    try (TrainingBar bar = new TrainingBar("Ranker", log)) {
      RunFolder folder = new RunFolder(out, "ranker");
      report(
          log, "mean AUC", training.train(ops, folder, Start.NEW, new Schedule(10, 2, 2, 60), bar));
    }
  }

  private TrainingOptions options() {
    ModelSize size = new ModelSize(64, 2, 2, HISTORY, CANDIDATES);
    Optimisation optimisation =
        Optimisation.DEFAULT
            .withRates(2e-3, 0.2)
            .withSchedule(RateSchedule.constant(50))
            .withDropout(0.1);
    return new TrainingOptions(size, Architecture.DEFAULT, optimisation, 64, seed);
  }

  private static void report(PrintWriter log, String metric, TrainingResult outcome) {
    log.printf(
        Locale.ROOT,
        "best after %d of %d epochs: %s %.4f on validation%n",
        outcome.bestEpoch(),
        outcome.epochs(),
        metric,
        outcome.best());
  }

  /** The user with the largest share of engagements on the example's topic. */
  private static int greatestFan(Dataset engaged) {
    int greatest = 0;
    double most = -1;
    for (int user = 0; user < engaged.users().size(); user++) {
      Events events = engaged.users().get(user).events();
      int about = 0;
      for (int i = 0; i < events.count(); i++) {
        String topic = engaged.catalog().topics().get(events.posts()[i]);
        about += events.isPositive(i) && topic.equals(EXAMPLE_TOPIC) ? 1 : 0;
      }
      double share = (double) about / Math.max(FEWEST_ENGAGEMENTS, events.count());
      if (share > most) {
        most = share;
        greatest = user;
      }
    }
    return greatest;
  }
}
