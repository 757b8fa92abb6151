package dev.phoenix.bench.serving;

import dev.phoenix.bench.report.Figure;
import dev.phoenix.load.LoadTarget;
import dev.phoenix.load.Outcome;
import dev.phoenix.pipeline.Artifacts;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import xai.recsys.v1.RecsysPredictorGrpc;

/**
 * Measures the cost of serving compared with the bare forward pass. Both take turns, so that
 * disturbances affect both: request by request at low load, a few seconds at a time at full load.
 */
final class Latency {
  private static final int BATCH = 32;
  private static final int WARM_TURNS = 5;
  private static final int POOL = 1024;
  private static final int CANDIDATES = 64;
  private static final int HISTORY = 127;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
  private static final MethodDescriptor<?, ?> METHOD =
      RecsysPredictorGrpc.getPredictNextActionsMethod();
  private static final String JSON_TIME = "phoenix_http_codec_duration_seconds_total";
  private static final double MICROS_PER_SECOND = 1e6;
  private static final String QUEUE_TIME = "nv_inference_queue_duration_us";
  private static final String COMPUTE_TIME = "nv_inference_compute_infer_duration_us";
  private static final String REQUEST_TIME = "nv_inference_request_duration_us";

  private final RankRequests requests = new RankRequests(POOL, HISTORY, CANDIDATES);
  private final int pairs;
  private final int rounds;
  private final Duration turn;
  private final int documents;

  Latency(boolean quick) {
    this.pairs = quick ? 300 : 3000;
    this.rounds = quick ? 3 : 11;
    this.turn = Duration.ofSeconds(quick ? 2 : 4);
    this.documents = quick ? 300 : 2000;
  }

  Findings run(ServerWorkspace workspace) throws Exception {
    List<Figure> figures = new ArrayList<>();
    Artifacts artifacts = new Artifacts(workspace.published("published"));
    try (ServerProcess server =
        workspace.server(
            "throughput",
            artifacts.directory(),
            ServerProcess.forFullLoad("--kept-history-mib", "0"))) {
      figures.addAll(measure(artifacts, server, this::atFullLoad));
    }
    try (ServerProcess server =
        workspace.server("latency", artifacts.directory(), "--kept-history-mib", "0")) {
      figures.addAll(measure(artifacts, server, this::atLowLoad));
    }
    figures.addAll(json(workspace));
    return new Findings(
        "ranking %d candidates after %d engagements, D 128, 4 layers, no history kept; JSON: feeds of the demo"
            .formatted(CANDIDATES, HISTORY),
        figures);
  }

  /** A measurement of a server and of the bare forward pass on the same requests. */
  private interface Measurement {
    List<Figure> of(ServerProcess server, LeanTarget target, BareForward bare) throws Exception;
  }

  private List<Figure> measure(Artifacts artifacts, ServerProcess server, Measurement measurement)
      throws Exception {
    server.awaitReady();
    try (BareForward bare = new BareForward(artifacts, requests);
        LeanTarget target =
            LeanTarget.connect(server.socketAddress(), METHOD, requests.messages())) {
      // The warm-up is longer than a measurement, because the JVM recompiles code under load.
      ClosedLoop.rate(target, 2 * BATCH, turn.multipliedBy(WARM_TURNS));
      bareRate(bare, turn);
      return measurement.of(server, target, bare);
    }
  }

  private List<Figure> atFullLoad(ServerProcess server, LeanTarget target, BareForward bare)
      throws Exception {
    List<Figure> figures = new ArrayList<>();
    figures.add(
        Figure.exactly(
            "answers that differ from the offline ranker's", differing(target, bare), 0));
    figures.addAll(throughput(target, bare));
    return figures;
  }

  /** Compares the answers of 200 concurrent requests bit by bit; returns the number that differ. */
  private static long differing(LeanTarget target, BareForward bare) throws Exception {
    List<CompletableFuture<byte[]>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      answers.add(answer);
      target.ask(i, PATIENCE, (_, bytes) -> answer.complete(bytes));
    }
    long differing = 0;
    for (int i = 0; i < answers.size(); i++) {
      differing += bare.agrees(i, answers.get(i).get()) ? 0 : 1;
    }
    return differing;
  }

  private List<Figure> throughput(LoadTarget target, BareForward bare) throws InterruptedException {
    List<Double> ratios = new ArrayList<>();
    List<Double> served = new ArrayList<>();
    List<Double> computed = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      computed.add(bareRate(bare, turn));
      served.add(ClosedLoop.rate(target, 2 * BATCH, turn));
      ratios.add(100 * served.getLast() / computed.getLast());
    }
    return List.of(
        Figure.of("backend alone, batches of 32", median(computed), "requests/s"),
        Figure.of("served under load", median(served), "requests/s"),
        Figure.atLeast("served, of the backend alone", median(ratios), "%", 85));
  }

  private static double bareRate(BareForward bare, Duration duration) {
    long begin = System.nanoTime();
    long end = begin + duration.toNanos();
    int batches = 0;
    while (System.nanoTime() < end) {
      bare.run(batches++ * BATCH, BATCH);
    }
    return batches * BATCH / ((System.nanoTime() - begin) / 1e9);
  }

  /**
   * Times one request at a time, each after a random pause, after which caches are cold. Each
   * request runs over the lean connection, as a bare forward pass, and with gRPC-Java's client, in
   * random order.
   */
  private List<Figure> atLowLoad(ServerProcess server, LeanTarget target, BareForward bare)
      throws Exception {
    Histogram served = new Histogram(3);
    Histogram computed = new Histogram(3);
    Histogram byLibrary = new Histogram(3);
    long[] before;
    try (PreparedTarget library =
        PreparedTarget.connect(
            server.address(), METHOD, requests.messages(), PreparedTarget.AnswerCheck.NONE)) {
      ClosedLoop.rate(library, 2 * BATCH, turn);
      before = counts(server);
      Random random = new Random(1);
      List<Turn> turns =
          new ArrayList<>(
              List.of(
                  number -> served.recordValue(served(target, number)),
                  number -> computed.recordValue(bare.run(number % POOL, 1)),
                  number -> byLibrary.recordValue(served(library, number))));
      for (int i = 0; i < pairs; i++) {
        Collections.shuffle(turns, random);
        for (Turn turn : turns) {
          TimeUnit.MICROSECONDS.sleep(2000 + random.nextInt(6000));
          turn.take(i);
        }
      }
    }
    long[] after = counts(server);
    double added50 = millis(served, 50) - millis(computed, 50);
    double added99 = millis(served, 99) - millis(computed, 99);
    List<Figure> figures = new ArrayList<>(percentiles("bare forward", computed));
    figures.addAll(percentiles("served at low load", served));
    figures.add(Figure.of("of it in the queue, mean", eachMillis(before, after, 1), "ms"));
    figures.add(Figure.of("of it computing, mean", eachMillis(before, after, 2), "ms"));
    figures.add(Figure.atMost("added latency p50", added50, "ms", 1));
    figures.add(Figure.atMost("added latency p99", added99, "ms", 3));
    figures.addAll(percentiles("the same asked by gRPC-Java's client", byLibrary));
    return figures;
  }

  private static List<Figure> percentiles(String name, Histogram of) {
    return List.of(
        Figure.of(name + " p50", millis(of, 50), "ms"),
        Figure.of(name + " p99", millis(of, 99), "ms"));
  }

  /** One of the timed variants. */
  private interface Turn {
    void take(int number) throws Exception;
  }

  private static long served(LoadTarget target, int number) throws Exception {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    long begin = System.nanoTime();
    target.start(number, PATIENCE, outcome::complete);
    if (outcome.get() != Outcome.GOOD) {
      throw new IllegalStateException("a request at low load ended " + outcome.get().label());
    }
    return System.nanoTime() - begin;
  }

  /** The number of requests, and their total microseconds in the queue and in batches. */
  private static long[] counts(ServerProcess server) throws Exception {
    return new long[] {
      server.count("nv_inference_count"), server.count(QUEUE_TIME), server.count(COMPUTE_TIME)
    };
  }

  private static double eachMillis(long[] before, long[] after, int which) {
    return (after[which] - before[which]) / 1e3 / (after[0] - before[0]);
  }

  static double millis(Histogram nanos, double percentile) {
    return nanos.getTotalCount() == 0 ? Double.NaN : nanos.getValueAtPercentile(percentile) / 1e6;
  }

  /** The share of reading and writing JSON in the request time, from the server's metrics. */
  private List<Figure> json(ServerWorkspace workspace) throws Exception {
    ServerProcess server =
        workspace.server("json", workspace.demo("demo"), "--kept-history-mib", "0");
    server.awaitReady();
    byte[] body =
        Files.readAllBytes(
            ServerWorkspace.home().resolve("checkpoints/demo/example_sequence.json"));
    for (int i = 0; i < documents; i++) {
      expectOk(server, body);
    }
    double jsonBefore = server.metrics().sum(JSON_TIME);
    long allBefore = server.count(REQUEST_TIME);
    for (int i = 0; i < documents; i++) {
      expectOk(server, body);
    }
    double json = MICROS_PER_SECOND * (server.metrics().sum(JSON_TIME) - jsonBefore);
    double all = server.count(REQUEST_TIME) - allBefore;
    server.close();
    return List.of(
        Figure.of("JSON of a feed, read and written", json / documents / 1000, "ms"),
        Figure.of("request for a feed as JSON", all / documents / 1000, "ms"),
        Figure.atMost("JSON's share of request time", 100 * json / all, "%", 20));
  }

  private static void expectOk(ServerProcess server, byte[] body)
      throws IOException, InterruptedException {
    int status = server.recommend(body).statusCode();
    if (status != 200) {
      throw new IllegalStateException("a feed was answered with status " + status);
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
