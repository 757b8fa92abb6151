package dev.phoenix.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code phoenix train}: trains a model on events of users. */
@Command(
    name = "train",
    description = {
      "Train a model on events of users, and export it in the published layout.",
      "A training may be killed at any moment: `--resume` continues from its last checkpoint, at"
          + " most a minute old, and ends with the same model as an uninterrupted run.",
      "On a GPU products are bfloat16; parameters, their moments and the embedding tables, which"
          + " are in its memory, are float32. On the CPU everything is float32."
    },
    synopsisSubcommandLabel = "MODEL",
    subcommands = {TrainRetrievalCommand.class, TrainRankerCommand.class},
    mixinStandardHelpOptions = true)
final class TrainCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  TrainCommand() {}

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "which model? `phoenix train retrieval` or `phoenix train ranker`");
  }
}
