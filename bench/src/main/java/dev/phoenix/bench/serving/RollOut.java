package dev.phoenix.bench.serving;

import dev.phoenix.bench.report.Figure;
import dev.phoenix.client.ClientOptions;
import dev.phoenix.client.PhoenixClient;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import phoenix.v1.RecommendRequest;

/**
 * A rolling restart of two instances behind one client, with SIGTERM, while requests arrive at a
 * steady rate. The client spreads its calls, follows the instances' health service, and retries as
 * {@code PhoenixClient} does by default.
 */
final class RollOut {
  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final int INSTANCES = 2;

  private final int requests;
  private final int rate;
  private final AtomicBoolean rolledOut = new AtomicBoolean();
  private final AtomicInteger sent = new AtomicInteger();
  private final ConcurrentMap<Status.Code, LongAdder> outcomes = new ConcurrentHashMap<>();

  RollOut(boolean quick) {
    this.requests = quick ? 1000 : 10_000;
    this.rate = quick ? 50 : 250;
  }

  /** Counts of requests to an instance that starts. */
  private record Start(int refused, int answeredTooEarly) {}

  Findings run(ServerWorkspace workspace) throws Exception {
    byte[] body =
        Files.readAllBytes(
            ServerWorkspace.home().resolve("checkpoints/demo/example_sequence.json"));
    List<String> options = List.of("--artifacts", workspace.demo("demo").toString());
    List<ServerProcess> instances = new ArrayList<>();
    for (int i = 0; i < INSTANCES; i++) {
      instances.add(workspace.server("instance-" + i, ServerWorkspace.ports(), options));
    }
    List<Shutdown> endings = new ArrayList<>();
    List<Start> starts = new ArrayList<>();
    for (ServerProcess instance : instances) {
      instance.awaitReady();
    }
    ClientOptions patient = ClientOptions.DEFAULT.withDeadline(DEADLINE);
    try (PhoenixClient client = PhoenixClient.over(Instances.channel(instances), patient);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> load = threads.submit(() -> send(client, threads));
      for (int i = 0; i < INSTANCES; i++) {
        TimeUnit.SECONDS.sleep(2);
        endings.add(Shutdown.of(instances.get(i), body));
        instances.set(i, workspace.server("instance-" + i, instances.get(i).ports(), options));
        starts.add(start(instances.get(i), body));
      }
      TimeUnit.SECONDS.sleep(2);
      rolledOut.set(true);
      load.get();
    }
    return new Findings(
        "%d instances of the demo, %d feeds a second, deadline %d s"
            .formatted(INSTANCES, rate, DEADLINE.toSeconds()),
        figures(endings, starts));
  }

  private List<Figure> figures(List<Shutdown> endings, List<Start> starts) {
    List<Figure> figures = new ArrayList<>();
    long lost = 0;
    for (var outcome : outcomes.entrySet()) {
      lost += outcome.getKey() == Status.Code.OK ? 0 : outcome.getValue().sum();
    }
    figures.add(Figure.atLeast("requests during the roll-out", sent.get(), "", requests));
    figures.add(Figure.exactly("requests lost", lost, 0));
    figures.add(
        Figure.atLeast(
            "refused by an instance that was not ready, at each start",
            starts.stream().mapToInt(Start::refused).min().orElse(0),
            "",
            1));
    figures.add(
        Figure.exactly(
            "answered by an instance that was not ready",
            starts.stream().mapToInt(Start::answeredTooEarly).sum(),
            0));
    for (int i = 0; i < endings.size(); i++) {
      figures.addAll(endings.get(i).figures("instance " + (i + 1)));
    }
    return figures;
  }

  /** Sends requests at a steady rate, whether or not earlier ones were answered. */
  private Void send(PhoenixClient client, ExecutorService threads) throws InterruptedException {
    RecommendRequest request =
        RecommendRequest.newBuilder()
            .setSequence(RankRequests.sequence(new RankRequests(1, 40, 1).user(0)))
            .setTopK(20)
            .build();
    long gap = TimeUnit.SECONDS.toNanos(1) / rate;
    long due = System.nanoTime();
    while (sent.get() < requests || !rolledOut.get()) {
      sent.incrementAndGet();
      threads.execute(() -> ask(client, request));
      due += gap;
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
    }
    return null;
  }

  private void ask(PhoenixClient client, RecommendRequest request) {
    Status.Code code = Status.Code.OK;
    try {
      client.recommend(request);
    } catch (StatusRuntimeException failed) {
      code = failed.getStatus().getCode();
    }
    outcomes.computeIfAbsent(code, _ -> new LongAdder()).increment();
  }

  /** Sends requests to an instance until it is ready. */
  private static Start start(ServerProcess instance, byte[] body)
      throws IOException, InterruptedException {
    int refused = 0;
    int early = 0;
    boolean ready = false;
    while (!ready) {
      int status = statusOrNone(instance, body);
      ready = instance.isReady();
      refused += status == 503 ? 1 : 0;
      early += status == 200 && !ready ? 1 : 0;
      if (!ready && !instance.isAlive()) {
        instance.awaitReady();
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    return new Start(refused, early);
  }

  private static int statusOrNone(ServerProcess instance, byte[] body) throws InterruptedException {
    try {
      return instance.recommend(body).statusCode();
    } catch (IOException nobodyListens) {
      return 0;
    }
  }
}
