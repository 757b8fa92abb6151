package dev.phoenix.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code phoenix corpus}: corpus files. */
@Command(
    name = "corpus",
    description = "Make corpus files.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = CorpusEncodeCommand.class,
    mixinStandardHelpOptions = true)
final class CorpusCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  CorpusCommand() {}

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "a command is missing: `phoenix corpus encode`");
  }
}
