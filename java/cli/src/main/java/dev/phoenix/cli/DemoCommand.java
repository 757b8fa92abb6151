package dev.phoenix.cli;

import dev.phoenix.ops.Ops;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code phoenix demo}: the two models with random weights, on random requests. */
@Command(
    name = "demo",
    description = {
      "Show what a model computes: a small model with random weights, on random requests.",
      "With random weights, probabilities are around one half. `phoenix demo make` trains"
          + " the models of the demo checkpoint."
    },
    synopsisSubcommandLabel = "MODEL",
    subcommands = {
      DemoCommand.RankerDemo.class,
      DemoCommand.RetrievalDemo.class,
      DemoMakeCommand.class
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  DemoCommand() {}

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "which model? `phoenix demo ranker` or `phoenix demo retrieval`");
  }

  /** A demo of a model with random weights. */
  abstract static class ModelDemo implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private BackendOptions backend = new BackendOptions();

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Random seed.")
    private long seed;

    abstract void show(RandomModels models, Ops ops, PrintWriter out);

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      try (Ops ops = backend.open()) {
        show(new RandomModels(seed), ops, out);
      }
      out.flush();
      return 0;
    }
  }

  /** {@code phoenix demo ranker}. */
  @Command(
      name = "ranker",
      description = "Rank 8 candidates of one user and show every action's probability.",
      mixinStandardHelpOptions = true)
  static final class RankerDemo extends ModelDemo {
    RankerDemo() {}

    @Override
    void show(RandomModels models, Ops ops, PrintWriter out) {
      models.showRanker(ops, out);
    }
  }

  /** {@code phoenix demo retrieval}. */
  @Command(
      name = "retrieval",
      description = "Retrieve the 10 best of 1,000 random posts for two users.",
      mixinStandardHelpOptions = true)
  static final class RetrievalDemo extends ModelDemo {
    RetrievalDemo() {}

    @Override
    void show(RandomModels models, Ops ops, PrintWriter out) {
      models.showRetrieval(ops, out);
    }
  }
}
