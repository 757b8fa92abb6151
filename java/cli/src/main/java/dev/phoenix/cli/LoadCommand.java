package dev.phoenix.cli;

import dev.phoenix.checkpoint.AtomicFile;
import dev.phoenix.compression.Compression;
import dev.phoenix.load.GrpcTarget;
import dev.phoenix.load.LoadPlan;
import dev.phoenix.load.LoadPlot;
import dev.phoenix.load.LoadReport;
import dev.phoenix.load.LoadRun;
import dev.phoenix.load.LoadSamples;
import dev.phoenix.load.MetricsPage;
import dev.phoenix.load.MetricsReader;
import dev.phoenix.load.RandomRequests;
import dev.phoenix.load.ServerCounting;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code phoenix load}. */
@Command(
    name = "load",
    description = {
      "Send requests to a server at a given rate and report latencies and outcomes.",
      "Requests start at random times (Poisson), whether or not earlier ones have been answered;"
          + " latency counts from the scheduled start of a request. The exit code is 1 if no"
          + " request was answered in time."
    },
    footer = {
      "",
      "Examples:",
      "  phoenix load --rate 200 --duration 30s",
      "  phoenix load --service rank --rate 50..800 --duration 2m --plot load.svg --json load.json"
    },
    mixinStandardHelpOptions = true)
final class LoadCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--target",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:9988",
      description = "The server's gRPC address (default: ${DEFAULT-VALUE}).")
  private String target = "";

  @Option(
      names = "--metrics",
      paramLabel = "URL",
      description =
          "The server's metrics page, for batch sizes, e.g. http://127.0.0.1:9090/metrics.")
  private @Nullable URI metrics;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      defaultValue = "recommend",
      description = "rank, retrieve or recommend (default: ${DEFAULT-VALUE}).")
  private GrpcTarget.Service service = GrpcTarget.Service.RECOMMEND;

  @Option(
      names = "--rate",
      paramLabel = "R[..R]",
      defaultValue = "100",
      description = "Requests a second, or a ramp from one rate to another (default: 100).")
  private String rate = "";

  @Option(
      names = "--duration",
      converter = DurationText.class,
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "How long to measure: 500ms, 30s, 5m (default: 30s).")
  private Duration duration = Duration.ZERO;

  @Option(
      names = "--warm-up",
      converter = DurationText.class,
      paramLabel = "TIME",
      defaultValue = "2s",
      description = "Duration of a warm-up at the first rate (default: 2s).")
  private Duration warmUp = Duration.ZERO;

  @Option(
      names = "--deadline",
      converter = DurationText.class,
      paramLabel = "TIME",
      defaultValue = "1200ms",
      description = "Deadline of every request (default: 1200ms).")
  private Duration deadline = Duration.ZERO;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "4",
      description = "Connections to the server (default: 4).")
  private int connections;

  @Option(
      names = "--compression",
      paramLabel = "NAME",
      defaultValue = "none",
      description = "Compression of messages: none, gzip or zstd (default: ${DEFAULT-VALUE}).")
  private Compression compression = Compression.NONE;

  @Option(
      names = "--users",
      paramLabel = "N",
      defaultValue = "10000",
      description =
          "Users that requests are drawn from; few users repeat histories (default: 10000).")
  private int users;

  @Option(
      names = "--history",
      paramLabel = "N..N",
      defaultValue = "16..127",
      description = "Engagements of a user's history (default: 16..127).")
  private String history = "";

  @Option(
      names = "--candidates",
      paramLabel = "N",
      defaultValue = "64",
      description = "Posts to rank or to retrieve (default: 64).")
  private int candidates;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Random seed.")
  private long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "Where to write the report.")
  private @Nullable Path json;

  @Option(names = "--plot", paramLabel = "FILE", description = "Where to draw a plot, as SVG.")
  private @Nullable Path plot;

  LoadCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    double[] rates = range("--rate", rate);
    double[] lengths = range("--history", history);
    LoadPlan plan = new LoadPlan(rates[0], rates[1], duration, warmUp, deadline, seed);
    RandomRequests requests =
        new RandomRequests(users, (int) lengths[0], (int) lengths[1], candidates, seed);
    LoadReport report = run(plan, requests);
    print(report);
    if (json != null) {
      String text =
          JsonMapper.builder()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .build()
              .writeValueAsString(report);
      write(json, text + "\n");
    }
    if (plot != null) {
      write(plot, new LoadPlot(report).svg());
    }
    return report.goodput() > 0 ? 0 : 1;
  }

  private static void write(Path file, String text) {
    AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private LoadReport run(LoadPlan plan, RandomRequests requests)
      throws IOException, InterruptedException {
    String name = "%s, %s".formatted(service, target);
    if (compression != Compression.NONE) {
      name += ", " + compression;
    }
    try (GrpcTarget grpc =
        GrpcTarget.connect(target, connections, compression, service, requests)) {
      if (metrics == null) {
        return LoadReport.of(name, plan, LoadRun.of(plan, grpc, () -> {}), null);
      }
      try (MetricsReader reader = MetricsReader.of(metrics)) {
        // Fail on a wrong address before the run.
        MetricsPage _ = reader.read();
        ServerCounting counting = new ServerCounting(reader, this::warn);
        LoadSamples samples = LoadRun.of(plan, grpc, counting::begin);
        return LoadReport.of(name, plan, samples, counting.end());
      }
    }
  }

  private void warn(String reason) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("phoenix: without the server's counts: " + reason);
    err.flush();
  }

  private double[] range(String option, String text) {
    String[] ends = text.split("\\.\\.", -1);
    try {
      if (ends.length <= 2) {
        double first = Double.parseDouble(ends[0]);
        return new double[] {first, ends.length == 2 ? Double.parseDouble(ends[1]) : first};
      }
    } catch (NumberFormatException notANumber) {
      throw badRange(option, text, notANumber);
    }
    throw badRange(option, text, null);
  }

  private ParameterException badRange(
      String option, String text, @Nullable NumberFormatException cause) {
    return new ParameterException(
        spec.commandLine(),
        "%s: expected a number or two, such as 50..800, found '%s'".formatted(option, text),
        cause);
  }

  private void print(LoadReport report) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s%n", report.target());
    out.printf(
        "  offered    %,d requests, %.1f/s%n",
        report.requests(), report.requests() / report.seconds());
    out.printf("  in time    %.1f/s%n", report.goodput());
    for (Map.Entry<String, Integer> outcome : report.outcomes().entrySet()) {
      out.printf("  %-10s %,d%n", outcome.getKey(), outcome.getValue());
    }
    print(out, "latency", report.latency());
    print(out, "rejects", report.rejectLatency());
    print(out, "lag", report.generatorLag());
    LoadReport.ServerCounts server = report.server();
    if (server != null) {
      out.printf(
          "  batches    %,d of %.2f requests: %s%n",
          server.batches(), server.meanBatchSize(), server.batchSizes());
    }
    out.flush();
  }

  private static void print(PrintWriter out, String name, LoadReport.Percentiles of) {
    if (of.count() > 0) {
      out.printf(
          "  %-10s p50 %.2f ms, p90 %.2f, p99 %.2f, p99.9 %.2f, most %.2f%n",
          name, of.p50(), of.p90(), of.p99(), of.p999(), of.most());
    }
  }
}
