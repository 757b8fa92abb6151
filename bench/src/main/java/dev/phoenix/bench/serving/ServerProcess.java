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
 * A server process, started by the launcher. Its heap has a fixed size and all pages are touched at
 * the start, so that growth of resident memory is not growth of the heap.
 */
final class ServerProcess implements AutoCloseable {
  /** The admin token for reloads. */
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
   * Options for full load: one single-threaded batch a core. The default, all cores for one batch,
   * is best for single requests.
   */
  static String[] forFullLoad(String... further) {
    String cores = Integer.toString(Runtime.getRuntime().availableProcessors());
    List<String> options = new ArrayList<>(List.of("--threads", "1", "--batches-in-flight", cores));
    options.addAll(List.of(further));
    return options.toArray(String[]::new);
  }

  /** The ports on the loopback interface. */
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

  /** Starts the process; returns at once. */
  static ServerProcess start(Path log, Ports ports, List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ServerWorkspace.home().resolve("phoenix").toString());
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

  /** The address of gRPC, host:port. */
  String address() {
    return "127.0.0.1:" + ports.grpc();
  }

  /** The address of gRPC as a socket address. */
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

  /** Whether {@code /readyz} reports ready; false if the port is closed. */
  boolean isReady() throws InterruptedException {
    try {
      return status(HttpRequest.newBuilder(uri(ports.http(), "/readyz"))) == 200;
    } catch (IOException notThere) {
      return false;
    }
  }

  /** Requests a feed over HTTP. */
  HttpResponse<byte[]> recommend(byte[] body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/v1/recommend"))
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return client.send(request, BodyHandlers.ofByteArray());
  }

  /** The URI of a path on the HTTP port. */
  URI uri(String path) {
    return uri(ports.http(), path);
  }

  private int status(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.timeout(PATIENCE).build(), BodyHandlers.discarding()).statusCode();
  }

  /** Reads the server's metrics. */
  MetricsPage metrics() throws IOException, InterruptedException {
    return metrics.read();
  }

  /** The sum of a counter over its labels. */
  long count(String name) throws IOException, InterruptedException {
    MetricsPage page = metrics();
    return Math.round(page.sum(name) + page.sum(name + "_total"));
  }

  /** Reloads to the model in {@code folder} and waits until it ends with {@code outcome}. */
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

  /** The resources of the process after a full garbage collection. */
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

  /** Bytes of resident anonymous memory. */
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

  /** The number of log lines at a level. */
  long logged(String level) throws IOException {
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.contains("\"level\":\"" + level + "\"")).count();
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Sends SIGTERM. */
  void signal() {
    process.destroy();
  }

  /** Waits for the process to end; returns the exit code, or -1 on a timeout. */
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
