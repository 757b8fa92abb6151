package dev.phoenix.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code phoenix infer}: batch inference on looked-up embeddings. */
@Command(
    name = "infer",
    description =
        "Run a model on a batch of looked-up embeddings in an npz, and write its outputs.",
    synopsisSubcommandLabel = "MODEL",
    subcommands = {InferRankerCommand.class, InferRetrievalCommand.class},
    mixinStandardHelpOptions = true)
final class InferCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  InferCommand() {}

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "which model? `phoenix infer ranker` or `phoenix infer retrieval`");
  }
}
