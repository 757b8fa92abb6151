package dev.phoenix.cli;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.pipeline.Pipeline;
import dev.phoenix.ptx.emulator.EmulatedDevice;
import dev.phoenix.ptx.emulator.EmulatorOptions;
import dev.phoenix.ranking.ActionTaxonomy;
import dev.phoenix.ranking.ScoreWeights;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code phoenix emulate}: the GPU's kernels on the CPU, checked and counted. */
@Command(
    name = "emulate",
    description = {
      "Run the pipeline on the emulated GPU and count what its kernels execute.",
      "Every kernel runs from its compiled PTX. With checks on, an access outside an allocation or"
          + " to memory that nobody has written, a race on shared memory, a divergent barrier or a"
          + " leak ends the run with kernel, line and thread."
    },
    footer = {"", "Example:", "  phoenix emulate history_attention"},
    mixinStandardHelpOptions = true)
final class EmulateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "KERNEL",
      arity = "0..1",
      description = "Report only entries whose names begin so (default: all that run).")
  private @Nullable String kernel;

  @Option(
      names = "--check",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Check for unwritten memory and races (default: on; bounds always are).")
  private boolean check;

  @Option(
      names = "--artifacts",
      paramLabel = "DIR",
      description = "Checkpoint to run (default: the demo).")
  private Path artifacts = Home.demo();

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "64",
      description = "Posts to retrieve and rank (default: ${DEFAULT-VALUE}).")
  private int topK;

  EmulateCommand() {}

  @Override
  public Integer call() {
    Artifacts folder = new Artifacts(artifacts);
    EmulatorOptions options =
        EmulatorOptions.strict()
            .withChecks(check ? EmulatorOptions.Checks.ALL : EmulatorOptions.Checks.NONE);
    EmulatedDevice device = EmulatedDevice.create(options);
    LaunchReport report = new LaunchReport();
    device.onLaunch(report::add);
    try (Ops ops = GpuOps.create("emulated", device, KernelLibrary.Form.PTX);
        Pipeline pipeline = Pipeline.open(ops, folder, folder.corpus())) {
      int actions = pipeline.ranker().config().numActions();
      pipeline.recommend(
          UserSequence.read(folder.sequence()),
          topK,
          ScoreWeights.DEFAULT.bind(ActionTaxonomy.ENUM, actions));
    }
    PrintWriter out = spec.commandLine().getOut();
    int shown = report.print(out, kernel == null ? "" : kernel);
    out.flush();
    if (shown == 0) {
      throw new IllegalArgumentException(
          "no kernel that ran begins with '%s'; those that ran: %s"
              .formatted(kernel, report.kernels()));
    }
    return 0;
  }
}
