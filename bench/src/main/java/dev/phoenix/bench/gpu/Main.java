package dev.phoenix.bench.gpu;

import dev.phoenix.bench.DeviceCommand;
import dev.phoenix.bench.TemporaryFolder;
import dev.phoenix.bench.report.Report;
import dev.phoenix.bench.report.ReportTable;
import dev.phoenix.bench.report.Sources;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run bench}: measures this product on a GPU, with floors and peers. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Time kernels, ranking, scans and calls on a GPU, beside their floors and, where a python3"
          + " with PyTorch is found, beside peers. Every result is checked before it is timed.",
      "Exit code 1 if a check or a part failed. The report lists skipped measurements."
    })
public final class Main implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private DeviceCommand on = new DeviceCommand();

  @Option(names = "--quick", description = "Fewer sizes and samples; not to be published.")
  private boolean quick;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where JSON, Markdown and SVG go (default: results).")
  private Path out = Path.of("results");

  @Option(
      names = "--budget",
      paramLabel = "SECONDS",
      description = "Time limit of the whole run (default: ${DEFAULT-VALUE}).")
  private int budget = 540;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description =
          "Parts to run, of ${COMPLETION-CANDIDATES}. A report of the same day and sources in DIR"
              + " keeps its other parts.")
  private Set<Part> only = EnumSet.noneOf(Part.class);

  @Option(names = "--no-peers", description = "Do not run the peers.")
  private boolean withoutPeers;

  @Option(
      names = "--python",
      paramLabel = "FILE",
      description = "The python3 of the peers (default: the first one found that has PyTorch).")
  private @Nullable Path python;

  @Option(names = "--cases", hidden = true, description = "Run one part; used internally.")
  private @Nullable Path cases;

  @Option(names = "--part", hidden = true, description = "The part to run; used internally.")
  private Part part = Part.CEILINGS;

  private Main() {}

  /** Runs the benchmarks and exits: 0 on success, 1 on failure, 2 for wrong arguments. */
  public static void main(String[] args) {
    System.exit(DeviceCommand.execute(new Main(), args));
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter text = spec.commandLine().getOut();
    boolean emulated = on.isRehearsal();
    Report.Kind kind =
        emulated ? Report.Kind.EMULATED : quick ? Report.Kind.QUICK : Report.Kind.FULL;
    Path folder = Files.createDirectories(out).toAbsolutePath();
    var settings =
        new GpuSuite.Settings(on.device(), kind, parts(), Duration.ofSeconds(budget), folder);
    if (cases != null) {
      return new PartRun(settings, part, cases).run() ? 0 : 1;
    }
    // The budget includes the search for a Python, because importing PyTorch may be slow.
    Budget whole = Budget.of(Duration.ofSeconds(budget));
    try (TemporaryFolder temporary = TemporaryFolder.create("phoenix-bench-")) {
      Path made = temporary.path();
      PeerRunner peers =
          withoutPeers
              ? PeerRunner.none()
              : PeerRunner.find(Sources.peers(), made, python, emulated ? "cpu" : "cuda");
      GpuSuite.Outcome outcome =
          new GpuSuite(settings, whole, text)
              .run(made, (one, time) -> command(made, one, time), peers);
      text.println();
      text.print(ReportTable.gpu(outcome.report()));
      text.printf("%nwritten: %s, with .md and .svg beside it%n", outcome.file());
      text.flush();
      return outcome.failed() ? 1 : 0;
    }
  }

  private Set<Part> parts() {
    Set<Part> parts = only.isEmpty() ? EnumSet.allOf(Part.class) : EnumSet.copyOf(only);
    parts.add(Part.CEILINGS);
    return parts;
  }

  /** The command that runs this program for one part. */
  private List<String> command(Path made, Part one, Duration time) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(
        List.of("--device", on.device(), "--out", out.toString(), "--cases", made.toString()));
    command.addAll(List.of("--part", one.name(), "--budget", Long.toString(time.toSeconds())));
    parts().forEach(wanted -> command.addAll(List.of("--only", wanted.name())));
    if (quick) {
      command.add("--quick");
    }
    return command;
  }
}
