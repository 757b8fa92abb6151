package dev.phoenix.bench;

import dev.phoenix.bench.report.Figure;
import dev.phoenix.bench.report.ReadmeTable;
import dev.phoenix.bench.report.Report;
import dev.phoenix.bench.report.ReportTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./phoenix bench}: measures this product and its peers on this machine. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description =
        "Times this product beside its peers; every result is checked before it is timed.",
    footer = {
      "",
      "bench --jmh ARGS passes ARGS to the JMH runner instead, e.g.",
      "--jmh ComparisonBenchmark.phoenix -p workload=RANK_REQUEST",
      "bench --serving PART measures servers instead; see --serving --help"
    })
public final class Main implements Callable<Integer> {
  private static final String JMH = "--jmh";
  private static final String SERVING = "--serving";

  @Option(names = "--quick", description = "Few and short rounds; not for publishing.")
  private boolean quick;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the report goes (default: bench/results of the repository).")
  private @Nullable Path out;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description =
          "Parts to run, of ${COMPLETION-CANDIDATES}; the report is then not for publishing.")
  private Set<Suite.Part> only = EnumSet.noneOf(Suite.Part.class);

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of either side (default: the cores of this machine).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--readme",
      paramLabel = "FILE",
      description = "Rewrites the tables in FILE from the newest reports; measures nothing.")
  private @Nullable Path readme;

  @Option(names = "--profile", description = "Shows the time of ranking by operation instead.")
  private boolean profile;

  private Main() {}

  /**
   * Runs the benchmarks and exits: 0 on success, 1 if a result was wrong, 2 for wrong arguments.
   */
  public static void main(String[] args) throws IOException {
    if (args.length > 0 && args[0].equals(JMH)) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
      return;
    }
    if (args.length > 0 && args[0].equals(SERVING)) {
      System.exit(dev.phoenix.bench.serving.Main.execute(Arrays.copyOfRange(args, 1, args.length)));
    }
    System.exit(
        new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Path results = out == null ? RepositoryFiles.find("bench").resolve("results") : out;
    if (readme != null) {
      ReadmeTable.rewrite(readme, results, dev.phoenix.bench.serving.Main.parts());
      return 0;
    }
    Rounds.Plan plan = quick ? Rounds.Plan.quick() : Rounds.Plan.full();
    if (profile) {
      System.out.print(OperationProfile.ofRanking(threads, plan));
      return 0;
    }
    Set<Suite.Part> parts = only.isEmpty() ? Suite.Part.published() : only;
    Report.Kind kind = quick || !only.isEmpty() ? Report.Kind.QUICK : Report.Kind.FULL;
    Report report = new Suite(threads, Suite.Sizes.published()).run(parts, plan, kind);
    Path file = report.write(results);
    System.out.println(ReportTable.compared(report));
    for (Figure figure : report.figures()) {
      System.out.println("checked: " + figure.name() + ": " + figure.check());
    }
    System.out.println("written: " + file);
    return 0;
  }
}
