package dev.phoenix.cli;

import dev.phoenix.checkpoint.UserPooling;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.fit.Architecture;
import dev.phoenix.fit.ModelSize;
import dev.phoenix.fit.Negatives;
import dev.phoenix.fit.Optimisation;
import dev.phoenix.fit.Outcome;
import dev.phoenix.fit.RankerFit;
import dev.phoenix.fit.RankerSampling;
import dev.phoenix.fit.RateSchedule;
import dev.phoenix.fit.Recipe;
import dev.phoenix.fit.RetrievalFit;
import dev.phoenix.fit.RunFolder;
import dev.phoenix.fit.Schedule;
import dev.phoenix.fit.Start;
import dev.phoenix.fit.Temperature;
import dev.phoenix.fit.Tower;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.ops.cpu.CpuOps;
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

/** {@code phoenix demo make}: makes the demo checkpoint again. */
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
  /** The world that the demo's models know. */
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
    RetrievalFit fit =
        new RetrievalFit(
            world,
            recipe(),
            new RetrievalFit.Choices(
                RetrievalFit.Representation.of(Tower.MEAN, UserPooling.MEAN),
                new Temperature(0.07, Temperature.Kind.LEARNED),
                new Negatives.Sampled(256, 0, Negatives.InBatch.LOG_Q),
                LeaveOneOut.Part.VALIDATION));
    RunFolder folder = new RunFolder(out, "retrieval");
    try (TrainingBar bar = new TrainingBar("Retrieval", log)) {
      report(log, "HR@10", fit.train(ops, folder, Start.NEW, new Schedule(6, 2, 2, 60), bar));
    }
    try (Ops inference = CpuOps.create(Precision.FLOAT32, threads)) {
      fit.exportCorpus(
          inference, folder, world.catalog().topics(), greatestFan(fit.split().dataset()));
    }
  }

  private void trainRanker(GradientOps ops, Dataset world, PrintWriter log) {
    RankerFit fit = new RankerFit(world, recipe(), RankerSampling.of(world, CANDIDATES));
    try (TrainingBar bar = new TrainingBar("Ranker", log)) {
      RunFolder folder = new RunFolder(out, "ranker");
      report(log, "mean AUC", fit.train(ops, folder, Start.NEW, new Schedule(10, 2, 2, 60), bar));
    }
  }

  private Recipe recipe() {
    ModelSize size = new ModelSize(64, 2, 2, HISTORY, CANDIDATES);
    Optimisation optimisation =
        Optimisation.DEFAULT
            .withRates(2e-3, 0.2)
            .withSchedule(RateSchedule.constant(50))
            .withDropout(0.1);
    return new Recipe(size, Architecture.DEFAULT, optimisation, 64, seed);
  }

  private static void report(PrintWriter log, String metric, Outcome outcome) {
    log.printf(
        Locale.ROOT,
        "best after %d of %d epochs: %s %.4f on validation%n",
        outcome.bestEpoch(),
        outcome.epochs(),
        metric,
        outcome.best());
  }

  /** Whose engagements are about the example's topic more than anybody else's. */
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
