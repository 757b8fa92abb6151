package dev.phoenix.cli;

import dev.phoenix.kernels.check.KernelCases;
import dev.phoenix.kernels.check.Numbers;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.ptx.emulator.EmulatorOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code phoenix emulate}: runs GPU kernels on the emulated device, checks and counts. */
@Command(
    name = "emulate",
    description = {
      "Run a kernel's test inputs on the emulated GPU, compare its output with its definition,"
          + " and count the instructions that it executes.",
      "The kernel runs from its compiled PTX. With checks on, an access outside an allocation or to"
          + " memory that nobody has written, a race on shared memory, a divergent barrier or a"
          + " leak fails the case with kernel, line and thread. Without KERNEL, the command lists"
          + " the kernels; with --pipeline, it counts what the whole pipeline launches. The exit"
          + " code is 1 if a case fails."
    },
    footer = {
      "",
      "Examples:",
      "  phoenix emulate rms_norm --check",
      "  phoenix emulate history_attention --cases 127",
      "  phoenix emulate all --device both",
      "  phoenix emulate --pipeline top_k"
    },
    mixinStandardHelpOptions = true)
final class EmulateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "KERNEL",
      arity = "0..1",
      description =
          "The kernel whose cases run, or all; with --pipeline, report only kernels whose names"
              + " begin with it.")
  private @Nullable String kernel;

  @Option(
      names = "--check",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Check for unwritten memory and races (default: on; bounds always are).")
  private boolean check;

  @Option(
      names = "--cases",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Run only cases whose names contain this.")
  private String cases = "";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Draw other inputs (default: " + Numbers.DEFAULT_SEED + ").")
  private long seed = Numbers.DEFAULT_SEED;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "emulated",
      description =
          "Where the cases run: emulated, cuda, or both, which also compares the results"
              + " (default: ${DEFAULT-VALUE}).")
  private KernelCheck.Target device = KernelCheck.Target.EMULATED;

  @Option(
      names = "--pipeline",
      description = "Run the pipeline instead and count the instructions of its launches.")
  private boolean pipeline;

  @Option(
      names = "--artifacts",
      paramLabel = "DIR",
      description = "With --pipeline: checkpoint to run (default: the demo).")
  private Path artifacts = Home.demo();

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "64",
      description = "With --pipeline: posts to retrieve and rank (default: ${DEFAULT-VALUE}).")
  private int topK;

  EmulateCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    int exitCode = run(out);
    out.flush();
    return exitCode;
  }

  private int run(PrintWriter out) {
    EmulatorOptions options =
        EmulatorOptions.strict()
            .withChecks(check ? EmulatorOptions.Checks.ALL : EmulatorOptions.Checks.NONE);
    if (pipeline) {
      PipelineLaunches.run(new Artifacts(artifacts), topK, options)
          .print(out, kernel == null ? "" : kernel);
      return 0;
    }
    if (kernel == null) {
      list(out);
      return 0;
    }
    List<String> chosen =
        kernel.equals("all") ? List.copyOf(KernelCases.kernels()) : List.of(kernel);
    return new KernelCheck(out, device, options, seed).run(chosen, cases) ? 0 : 1;
  }

  private static void list(PrintWriter out) {
    out.printf("%-20s %s%n", "kernel", "cases");
    for (String name : KernelCases.kernels()) {
      out.printf("%-20s %5d%n", name, KernelCases.of(name).size());
    }
    out.printf("%n`phoenix emulate KERNEL` runs the cases of a kernel.%n");
  }
}
