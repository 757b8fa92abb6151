package dev.phoenix.cli;

import dev.phoenix.ops.Precision;
import dev.phoenix.ops.gpu.TablePlacement;
import dev.phoenix.pipeline.Backend;
import dev.phoenix.ranking.ActionTaxonomy;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line of Phoenix: the only {@code main} of the product. */
@Command(
    name = "phoenix",
    description = {
      "The Phoenix recommender: two-tower retrieval and a ranking transformer.",
      "Start with `phoenix pipeline`, which recommends from the demo checkpoint."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      PipelineCommand.class,
      InferCommand.class,
      CorpusCommand.class,
      DemoCommand.class,
      ParityCommand.class,
      DevicesCommand.class,
      EmulateCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "`phoenix bench` measures this machine against ONNX Runtime; `phoenix help COMMAND` teaches a"
          + " command."
    },
    mixinStandardHelpOptions = true,
    version = "Phoenix for Java 0.1.0")
public final class Main implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "On failure, print the stack trace too.")
  private boolean verbose;

  Main() {}

  /** Runs one command and exits: 0 if it worked, 1 if it failed, 2 if it was not understood. */
  public static void main(String[] arguments) {
    // One line per message; the default takes two and gives the method's name.
    System.setProperty("java.util.logging.SimpleFormatter.format", "%5$s%6$s%n");
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    Main main = new Main();
    return new CommandLine(main)
        .registerConverter(Backend.class, new Labels<>(Backend.values()))
        .registerConverter(Precision.class, new Labels<>(Precision.values()))
        .registerConverter(TablePlacement.class, new Labels<>(TablePlacement.values()))
        .registerConverter(ActionTaxonomy.class, new Labels<>(ActionTaxonomy.values()))
        .registerConverter(
            PipelineCommand.Format.class, new Labels<>(PipelineCommand.Format.values()))
        .setUsageHelpAutoWidth(true)
        .setAbbreviatedOptionsAllowed(true)
        .setParameterExceptionHandler(Failure::reportUsage)
        .setExecutionExceptionHandler((failure, command, parsed) -> main.report(failure, command));
  }

  private int report(Exception failure, CommandLine command) {
    return Failure.report(failure, command, verbose);
  }

  /** Without a command: what there is. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
