package dev.phoenix.bench.serving;

import dev.phoenix.load.MetricsPage;
import dev.phoenix.load.MetricsReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server in a process of its own, started by the launcher as a user would, with a heap of fixed
 * size whose pages are all there from the start: what its resident memory grows by is growth.
 */
final class ServerProcess implements AutoCloseable {
  /** What reloading takes. */
  private static final String TOKEN = "correct-horse-battery-staple";

  private static final String JAVA_OPTIONS = "-Xms512m -Xmx512m -XX:+AlwaysPreTouch";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration END = Duration.ofSeconds(60);

  private final Process process;
  private final Path log;
  private final Ports ports;
  private final HttpClient client;
  private final MetricsReader metrics;

  /**
   * Options for a server that is to be loaded fully: a batch a core, which waits for nobody. A
   * single request is best served by all cores, which is the default.
   */
  static String[] forFullLoad(String... further) {
    String cores = Integer.toString(Runtime.getRuntime().availableProcessors());
    List<String> options = new ArrayList<>(List.of("--threads", "1", "--batches-in-flight", cores));
    options.addAll(List.of(further));
    return options.toArray(String[]::new);
  }

  /** Where it listens, on the loopback interface. */
  record Ports(int grpc, int http, int admin) {}

  private ServerProcess(Process process, Path log, Ports ports) {
    this.process = process;
    this.log = log;
    this.ports = ports;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    this.metrics = MetricsReader.of(uri(ports.http(), "/metrics"));
  }

  /** Starts; returns at once. */
  static ServerProcess start(Path log, Ports ports, List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Workplace.home().resolve("phoenix").toString());
    command.add("serve");
    command.addAll(List.of("--grpc-port", Integer.toString(ports.grpc())));
    command.addAll(List.of("--http-port", Integer.toString(ports.http())));
    command.addAll(List.of("--admin-port", Integer.toString(ports.admin())));
    command.addAll(List.of("--admin-token", TOKEN));
    command.addAll(options);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("PHOENIX_JAVA_OPTIONS", JAVA_OPTIONS);
    return new ServerProcess(builder.start(), log, ports);
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** Where gRPC listens. */
  String address() {
    return "127.0.0.1:" + ports.grpc();
  }

  /** The same, for sockets. */
  InetSocketAddress socketAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.grpc());
  }

  Ports ports() {
    return ports;
  }

  /** Waits until it is ready. */
  void awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (!isReady()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("the server is not ready: " + Files.readString(log));
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** Whether it says so; false too where nobody listens. */
  boolean isReady() throws InterruptedException {
    try {
      return status(HttpRequest.newBuilder(uri(ports.http(), "/readyz"))) == 200;
    } catch (IOException notThere) {
      return false;
    }
  }

  /** Asks for a feed over HTTP. */
  HttpResponse<byte[]> recommend(byte[] body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/v1/recommend"))
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return client.send(request, BodyHandlers.ofByteArray());
  }

  /** Where a path of the users' port is. */
  URI uri(String path) {
    return uri(ports.http(), path);
  }

  private int status(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.timeout(PATIENCE).build(), BodyHandlers.discarding()).statusCode();
  }

  /** What it counts. */
  MetricsPage metrics() throws IOException, InterruptedException {
    return metrics.read();
  }

  /** The sum of a counter over its labels. */
  long count(String name) throws IOException, InterruptedException {
    MetricsPage page = metrics();
    return Math.round(page.sum(name) + page.sum(name + "_total"));
  }

  /** Loads the model in {@code folder}, beside the one it started with, and waits for the end. */
  void reload(String folder, String outcome) throws IOException, InterruptedException {
    String counter = "checkpoint_reload_" + outcome;
    long before = count(counter);
    int begun =
        status(
            HttpRequest.newBuilder(uri(ports.admin(), "/admin/reload?model=" + folder))
                .header("Authorization", "Bearer " + TOKEN)
                .POST(HttpRequest.BodyPublishers.noBody()));
    if (begun != 202) {
      throw new IllegalStateException("a reload was answered with status " + begun);
    }
    long end = System.nanoTime() + START.toNanos();
    while (count(counter) == before) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "no reload ended in '%s' within %s: %s"
                .formatted(outcome, START, Files.readString(log)));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** What it holds once everything unused has been collected. */
  ProcessMemory memory() throws IOException, InterruptedException {
    for (int round = 0; round < 2; round++) {
      collect();
      TimeUnit.MILLISECONDS.sleep(500);
    }
    long live = 0;
    for (var value : metrics().values().entrySet()) {
      if (value.getKey().startsWith("jvm_memory_used_bytes{area=\"heap\"")) {
        live += value.getValue().longValue();
      }
    }
    return ProcessMemory.of(process.pid(), live);
  }

  /** Resident bytes that no file backs, now. */
  long residentBytes() throws IOException {
    return ProcessMemory.resident(process.pid());
  }

  private void collect() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process run =
        new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "GC.run")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (run.waitFor() != 0) {
      throw new IllegalStateException("jcmd cannot make the server collect its garbage");
    }
  }

  /** Lines of the log at a level. */
  long logged(String level) throws IOException {
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.contains("\"level\":\"" + level + "\"")).count();
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGTERM. */
  void signal() {
    process.destroy();
  }

  /** Waits for the end; returns the exit code, -1 if it does not come. */
  int awaitExit() throws InterruptedException {
    return process.waitFor(END.toSeconds(), TimeUnit.SECONDS) ? process.exitValue() : -1;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    metrics.close();
    client.close();
  }
}
