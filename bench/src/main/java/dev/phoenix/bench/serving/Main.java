package dev.phoenix.bench.serving;

import dev.phoenix.bench.report.Machine;
import dev.phoenix.bench.report.Report;
import dev.phoenix.bench.report.ReportTable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./phoenix bench --serving PART}: measures servers against goals. */
@Command(
    name = "bench --serving",
    mixinStandardHelpOptions = true,
    description =
        "Starts servers, measures them, and compares the figures with the goals. The exit code is 1"
            + " if a goal was missed.")
public final class Main implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "PART",
      description = "Parts to run in this order, of ${COMPLETION-CANDIDATES}.")
  private List<Part> parts = List.of();

  @Option(names = "--quick", description = "A short run, never published.")
  private boolean quick;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the reports go (default: bench/results of the repository).")
  private @Nullable Path out;

  private Main() {}

  /** Measures, and returns the exit code: 0, 1 if a goal was missed, 2 for wrong arguments. */
  public static int execute(String... arguments) {
    return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments);
  }

  @Override
  public Integer call() throws Exception {
    boolean met = true;
    for (Part part : parts) {
      met &= measure(part);
    }
    return met ? 0 : 1;
  }

  private boolean measure(Part part) throws Exception {
    Machine machine = Machine.current();
    Report.Kind kind = quick ? Report.Kind.QUICK : Report.Kind.FULL;
    Findings findings;
    try (ServerWorkspace workspace = ServerWorkspace.create()) {
      findings = part.run(quick, workspace);
    }
    Report.Run run = Report.Run.today("serving-" + part.label(), kind, findings.setting());
    Report report = Report.of(run, machine, findings.figures());
    Path results = out == null ? ServerWorkspace.home().resolve("bench/results") : out;
    Path file = report.write(results);
    System.out.println(ReportTable.served(report));
    System.out.println("written: " + file);
    return report.allMet();
  }

  /** The parts by the names of their reports, in the order of tables. */
  public static List<String> parts() {
    return Arrays.stream(Part.values()).map(Part::label).toList();
  }
}
