package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.phoenix.serving.Demo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server in a process of its own, from start to signal to end. */
class ServerProcessTest {
  private static final Pattern PORTS = Pattern.compile("gRPC on port (\\d+), HTTP on port (\\d+)");

  private static final Pattern UNSENT = Pattern.compile("Failed to export \\d+ spans");

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Process> started = new ArrayList<>();

  @TempDir Path folder = Path.of("");
  private Path log = Path.of("");

  private Process start(String... options) throws IOException {
    log = folder.resolve("log.jsonl");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.phoenix.cli.Main",
                "serve",
                "--artifacts=" + Demo.ARTIFACTS.directory(),
                "--backend=cpu",
                "--grpc-port=0",
                "--lame-duck-seconds=5"));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    started.add(process);
    return process;
  }

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
    client.close();
  }

  private int httpPort(Process process) throws Exception {
    return Integer.parseInt(logged(process, PORTS).group(2));
  }

  private Matcher logged(Process process, Pattern line) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (System.nanoTime() < deadline) {
      Matcher found = line.matcher(Files.readString(log));
      if (found.find()) {
        return found;
      }
      assertTrue(process.isAlive(), Files.readString(log));
      Thread.sleep(50);
    }
    throw new AssertionError("no " + line + " after two minutes: " + Files.readString(log));
  }

  private int status(int port, String path, boolean posts) throws Exception {
    return send(port, path, posts).statusCode();
  }

  private HttpResponse<Void> send(int port, String path, boolean posts) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (posts) {
      request.POST(BodyPublishers.ofFile(Demo.ARTIFACTS.sequence()));
    }
    return client.send(request.build(), BodyHandlers.discarding());
  }

  /**
   * The order of events during shutdown; benchmarks measure the durations. The trace collector is
   * unreachable, which is logged at the end.
   */
  @Test
  void aSignalEndsItInOrder() throws Exception {
    Process process = start("--http-port=0", "--traces=http://127.0.0.1:1/v1/traces");
    int port = httpPort(process);
    assertEquals(200, status(port, "/readyz", false));
    assertEquals(200, status(port, "/v1/recommend", true));
    assertTrue(logged(process, UNSENT).hasMatch());
    long signalled = System.nanoTime();
    process.destroy();
    while (status(port, "/readyz", false) == 200) {
      Thread.sleep(1);
    }
    HttpResponse<Void> last = send(port, "/v1/recommend", true);
    assertEquals(200, last.statusCode(), "it serves on");
    assertEquals("close", last.headers().firstValue("Connection").orElse(""), "but elsewhere next");
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "not ended after two minutes");
    long took = System.nanoTime() - signalled;
    assertEquals(0, process.exitValue(), Files.readString(log));
    assertTrue(took >= TimeUnit.SECONDS.toNanos(5), "ended too early");
    List<String> lines = Files.readAllLines(log);
    lines.removeIf(line -> line.startsWith("WARNING: Using incubator"));
    for (String line : lines) {
      assertTrue(line.startsWith("{\"timestamp\":") && line.endsWith("}"), line);
    }
  }

  /** SIGHUP reloads, and the operator's port stops the process as SIGTERM does. */
  @Test
  void aHangupReloadsAndADrainEndsIt() throws Exception {
    assumeFalse(ignoresHangups(), "SIGHUP is ignored here, as nohup does, and so by children");
    String token = "correct-horse-battery";
    int admin = freePort();
    Process process =
        start(
            "--http-port=0",
            "--admin-port=" + admin,
            "--admin-token=" + token,
            "--access-log",
            "--log-format=text",
            "--batch-size=4");
    int port = httpPort(process);
    assertEquals(200, status(port, "/v1/recommend", true));
    assertTrue(
        logged(process, Pattern.compile("INFO +method=POST route=/v1/recommend status=200 "))
            .hasMatch());
    new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();
    String time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d)";
    Pattern second = Pattern.compile(time + " INFO +model 2 serves");
    assertTrue(logged(process, second).hasMatch());
    HttpRequest drain =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + "/admin/drain"))
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.noBody())
            .build();
    assertEquals(202, client.send(drain, BodyHandlers.discarding()).statusCode());
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "not ended after two minutes");
    assertEquals(0, process.exitValue(), Files.readString(log));
  }

  /**
   * Whether this process was started with SIGHUP ignored, which processes that it starts inherit.
   */
  private static boolean ignoresHangups() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.exists(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .anyMatch(line -> (Long.parseLong(line.substring(7).strip(), 16) & 1) != 0);
  }

  /** A port that another process has is one line with the reason. */
  @Test
  void aBusyPortIsOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Process process = start("--http-port=" + taken.getLocalPort());
      assertTrue(process.waitFor(120, TimeUnit.SECONDS), "not ended after two minutes");
      assertEquals(1, process.exitValue());
      List<String> lines = new ArrayList<>(Files.readAllLines(log));
      lines.removeIf(line -> line.startsWith("WARNING: Using incubator"));
      assertEquals(
          List.of(
              "phoenix: http-port: cannot listen on 127.0.0.1 port %d: Address already in use"
                  .formatted(taken.getLocalPort())),
          lines);
    }
  }

  /** Batches of up to 4096 warm up for minutes, so the signal comes while the model is loaded. */
  @Test
  void aSignalDuringTheLoadEndsItToo() throws Exception {
    int port = freePort();
    Process process = start("--http-port=" + port, "--batch-size=4096", "--kept-history-mib=0");
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (statusOrNone(port, "/livez") != 200) {
      assertTrue(System.nanoTime() < patience && process.isAlive(), Files.readString(log));
      Thread.sleep(20);
    }
    assertEquals(503, status(port, "/readyz", false), "the model is not loaded yet");
    assertEquals(503, status(port, "/v1/recommend", true));
    process.destroy();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "not ended after two minutes");
    String lines = Files.readString(log);
    assertEquals(0, process.exitValue(), lines);
    assertTrue(lines.contains("not ready any more"), lines);
    assertFalse(PORTS.matcher(lines).find(), "it never was ready: " + lines);
    assertFalse(lines.contains("serves, loaded in"), "the load was given up: " + lines);
    assertFalse(lines.contains("\"level\":\"ERROR\""), lines);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private int statusOrNone(int port, String path) throws Exception {
    try {
      return status(port, path, false);
    } catch (IOException nobodyListens) {
      return 0;
    }
  }
}
