package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.serving.Demo;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server in a process of its own, from start to signal to end. */
class ServerProcessTest {
  private static final Pattern PORTS = Pattern.compile("gRPC on port (\\d+), HTTP on port (\\d+)");

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir Path folder = Path.of("");
  private Process process;
  private Path log;

  @BeforeEach
  void start() throws IOException {
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
                "--http-port=0",
                "--lame-duck-seconds=5"));
    process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
    client.close();
  }

  private int httpPort() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (System.nanoTime() < deadline) {
      Matcher ports = PORTS.matcher(Files.readString(log));
      if (ports.find()) {
        return Integer.parseInt(ports.group(2));
      }
      assertTrue(process.isAlive(), Files.readString(log));
      Thread.sleep(50);
    }
    throw new AssertionError("not ready after two minutes: " + Files.readString(log));
  }

  private int status(int port, String path, boolean posts) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (posts) {
      request.POST(BodyPublishers.ofFile(Demo.ARTIFACTS.sequence()));
    }
    return client.send(request.build(), BodyHandlers.discarding()).statusCode();
  }

  /** The figures of the contract are the server's own clock's; a busy machine only adds to them. */
  @Test
  void aSignalEndsItInOrder() throws Exception {
    int port = httpPort();
    assertEquals(200, status(port, "/readyz", false));
    assertEquals(200, status(port, "/v1/recommend", true));
    long signalled = System.nanoTime();
    process.destroy();
    while (status(port, "/readyz", false) == 200) {
      assertTrue(System.nanoTime() - signalled < TimeUnit.SECONDS.toNanos(5), "still ready");
    }
    int answered = 0;
    while (System.nanoTime() - signalled < TimeUnit.MILLISECONDS.toNanos(4500)) {
      assertEquals(200, status(port, "/v1/recommend", true));
      answered++;
      Thread.sleep(20);
    }
    assertTrue(answered > 0);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "not ended after 30 seconds");
    long took = System.nanoTime() - signalled;
    assertEquals(0, process.exitValue(), Files.readString(log));
    assertTrue(took >= TimeUnit.SECONDS.toNanos(5), "ended too early");
    List<String> lines = Files.readAllLines(log);
    lines.removeIf(line -> line.startsWith("WARNING: Using incubator"));
    for (String line : lines) {
      assertTrue(line.startsWith("{\"timestamp\":") && line.endsWith("}"), line);
    }
  }

  @Test
  void aSignalDuringTheLoadEndsItToo() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    // The first line is that of the backend, which is opened when the load begins.
    while (Files.size(log) == 0 && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    Thread.sleep(1500);
    process.destroy();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "not ended after a minute");
    int code = process.exitValue();
    assertTrue(code == 0 || code == 143, "found " + code);
  }
}
