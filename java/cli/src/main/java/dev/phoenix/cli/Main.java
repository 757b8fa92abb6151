package dev.phoenix.cli;

import dev.phoenix.checkpoint.HistoryEnd;
import dev.phoenix.compression.Compression;
import dev.phoenix.dataset.DataFormat;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.feature.Exclude;
import dev.phoenix.load.GrpcTarget;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.gpu.TablePlacement;
import dev.phoenix.pipeline.Backend;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.training.TrainingConfig;
import dev.phoenix.training.run.Negatives;
import dev.phoenix.training.run.Tower;
import java.util.Objects;
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
      WorldCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      ServedQualityCommand.class,
      DemoCommand.class,
      ServeCommand.class,
      StatusCommand.class,
      ReloadCommand.class,
      DrainCommand.class,
      ParityCommand.class,
      DevicesCommand.class,
      EmulateCommand.class,
      LoadCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "`phoenix bench` measures this machine against ONNX Runtime; `phoenix help COMMAND` explains"
          + " a command."
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

  /** Runs one command and exits: 0 on success, 1 on failure, 2 on a usage error. */
  public static void main(String[] arguments) {
    // One line per message; the default takes two and gives the method's name.
    System.setProperty("java.util.logging.SimpleFormatter.format", "%5$s%6$s%n");
    if (System.getProperty(ServerLog.CONFIGURATION) == null) {
      System.setProperty(ServerLog.CONFIGURATION, ServerLog.STANDARD);
    }
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    Main main = new Main();
    CommandLine command = new CommandLine(main);
    ServeCommand.addOptions(Objects.requireNonNull(command.getSubcommands().get("serve")));
    return command
        .registerConverter(Backend.class, new Labels<>(Backend.values()))
        .registerConverter(Precision.class, new Labels<>(Precision.values()))
        .registerConverter(TablePlacement.class, new Labels<>(TablePlacement.values()))
        .registerConverter(ActionTaxonomy.class, new Labels<>(ActionTaxonomy.values()))
        .registerConverter(KernelCheck.Target.class, new Labels<>(KernelCheck.Target.values()))
        .registerConverter(DataFormat.class, new Labels<>(DataFormat.values()))
        .registerConverter(Exclude.class, new Labels<>(Exclude.values()))
        .registerConverter(HistoryEnd.class, new Labels<>(HistoryEnd.values()))
        .registerConverter(Tower.class, new Labels<>(Tower.values()))
        .registerConverter(
            TrainingConfig.InitialTower.class, new Labels<>(TrainingConfig.InitialTower.values()))
        .registerConverter(TrainingConfig.Decay.class, new Labels<>(TrainingConfig.Decay.values()))
        .registerConverter(Negatives.InBatch.class, new Labels<>(Negatives.InBatch.values()))
        .registerConverter(LeaveOneOut.Part.class, new Labels<>(LeaveOneOut.Part.values()))
        .registerConverter(
            PipelineCommand.Format.class, new Labels<>(PipelineCommand.Format.values()))
        .registerConverter(Compression.class, new Labels<>(Compression.values()))
        .registerConverter(GrpcTarget.Service.class, new Labels<>(GrpcTarget.Service.values()))
        .setUsageHelpAutoWidth(true)
        .setAbbreviatedOptionsAllowed(true)
        .setParameterExceptionHandler(Failure::reportUsage)
        .setExecutionExceptionHandler((failure, failed, _) -> main.report(failure, failed));
  }

  private int report(Exception failure, CommandLine command) {
    return Failure.report(failure, command, verbose);
  }

  /** Without a command, prints the usage. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
