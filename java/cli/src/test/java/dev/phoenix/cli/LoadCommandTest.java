package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommendResponse;
import phoenix.v1.RecommenderGrpc;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The load generator's command line. */
class LoadCommandTest {
  @TempDir Path folder;

  @Test
  void aServerThatIsNotThereIsReportedAndFails() throws Exception {
    Path json = folder.resolve("load.json");
    Path plot = folder.resolve("load.svg");
    CommandRun run =
        CommandRun.of(
            "load",
            "--target=127.0.0.1:1",
            "--rate=20..60",
            "--duration=500ms",
            "--warm-up=0ms",
            "--history=0..3",
            "--compression=zstd",
            "--json=" + json,
            "--plot=" + plot);
    assertEquals(1, run.exitCode(), run.err());
    JsonNode report = JsonMapper.shared().readTree(Files.readString(json));
    int requests = report.get("requests").asInt();
    assertTrue(requests > 0, run.out());
    assertEquals(0, report.get("goodput").asDouble());
    assertEquals(60, report.get("lastRate").asDouble());
    assertTrue(run.out().contains("unavailable"), run.out());
    assertTrue(run.out().contains("recommend, 127.0.0.1:1, zstd"), run.out());
    assertTrue(Files.readString(plot).startsWith("<svg"), "a picture");
  }

  /** Answers every request; its metrics count how often they were read. */
  private static final class CountedServer extends RecommenderGrpc.RecommenderImplBase
      implements AutoCloseable {
    private final CountDownLatch called = new CountDownLatch(1);
    private final AtomicInteger readings = new AtomicInteger();
    private final int good;
    private final Server rpc;
    private final HttpServer web;

    /** Creates a server whose metrics fail after {@code good} readings. */
    CountedServer(int good) throws IOException {
      this.good = good;
      rpc =
          Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
              .addService(this)
              .build()
              .start();
      web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      web.createContext("/metrics", this::metrics);
      web.start();
    }

    @Override
    public void recommend(RecommendRequest request, StreamObserver<RecommendResponse> answer) {
      called.countDown();
      answer.onNext(RecommendResponse.getDefaultInstance());
      answer.onCompleted();
    }

    /** Answers the second reading after the warm-up's requests have arrived. */
    private void metrics(HttpExchange exchange) throws IOException {
      int reading = readings.incrementAndGet();
      int status = reading <= good ? 200 : 500;
      try {
        if (reading == 2 && !called.await(4, TimeUnit.SECONDS)) {
          status = 500;
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        status = 500;
      }
      String page =
          "phoenix_batch_size_count %d%nphoenix_batch_size_sum %d%n"
              .formatted(reading * reading, 2 * reading * reading);
      byte[] body = page.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    }

    CommandRun load(Path json) {
      return CommandRun.of(
          "load",
          "--target=127.0.0.1:" + rpc.getPort(),
          "--metrics=http://127.0.0.1:" + web.getAddress().getPort() + "/metrics",
          "--rate=40",
          "--duration=500ms",
          "--warm-up=500ms",
          "--deadline=1m",
          "--history=0..3",
          "--json=" + json);
    }

    @Override
    public void close() {
      web.stop(0);
      rpc.shutdownNow();
    }
  }

  @Test
  void theServersCountsAreThoseOfTheMeasurementWithoutTheWarmUp() throws Exception {
    Path json = folder.resolve("load.json");
    try (CountedServer server = new CountedServer(3)) {
      CommandRun run = server.load(json);
      assertEquals(0, run.exitCode(), run.err());
      assertEquals("", run.err());
      assertEquals(3, server.readings.get());
    }
    JsonNode counts = JsonMapper.shared().readTree(Files.readString(json)).get("server");
    // Between the second reading, for which the server waited for the warm-up, and the third.
    assertEquals(9 - 4, counts.get("batches").asInt());
    assertEquals(2, counts.get("meanBatchSize").asDouble());
  }

  @Test
  void aReadingThatFailsCostsTheServersCountsAlone() throws Exception {
    for (int good = 1; good <= 2; good++) {
      Path json = folder.resolve("load" + good + ".json");
      try (CountedServer server = new CountedServer(good)) {
        CommandRun run = server.load(json);
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains("latency"), run.out());
        assertTrue(run.err().startsWith("phoenix: without the server's counts: "), run.err());
        assertTrue(run.err().endsWith("/metrics, found status 500\n"), run.err());
        assertEquals(1, run.err().lines().count());
        assertEquals(good + 1, server.readings.get());
      }
      JsonNode report = JsonMapper.shared().readTree(Files.readString(json));
      assertTrue(report.get("requests").asInt() > 0);
      assertTrue(report.get("server").isNull());
    }
  }

  @Test
  void metricsThatAreNotThereAreNamedBeforeTheLoad() {
    CommandRun nobody = CommandRun.of("load", "--metrics=http://127.0.0.1:1/metrics");
    assertEquals(1, nobody.exitCode());
    assertEquals(
        "phoenix: cannot read metrics at http://127.0.0.1:1/metrics (ConnectException)\n",
        nobody.err());
    CommandRun scheme = CommandRun.of("load", "--metrics=localhost:9090/metrics");
    assertEquals(1, scheme.exitCode());
    assertEquals(
        "phoenix: expected a page of metrics such as http://127.0.0.1:9090/metrics, found"
            + " localhost:9090/metrics\n",
        scheme.err());
  }

  @Test
  void noConnectionIsRefused() {
    CommandRun run = CommandRun.of("load", "--connections=0");
    assertEquals(1, run.exitCode());
    assertEquals("phoenix: expected at least 1 connection, found 0\n", run.err());
  }

  @Test
  void anEarlierReportIsReplacedAndNotWrittenOver() throws Exception {
    Path json = Files.writeString(folder.resolve("load.json"), "earlier");
    Path plot = Files.writeString(folder.resolve("load.svg"), "earlier");
    Path sameJson = Files.createLink(folder.resolve("same.json"), json);
    Path samePlot = Files.createLink(folder.resolve("same.svg"), plot);
    CommandRun.of(
        "load",
        "--target=127.0.0.1:1",
        "--duration=100ms",
        "--warm-up=0ms",
        "--json=" + json,
        "--plot=" + plot);
    assertTrue(Files.readString(json).startsWith("{"), "a report");
    assertTrue(Files.readString(plot).startsWith("<svg"), "a picture");
    assertEquals("earlier", Files.readString(sameJson));
    assertEquals("earlier", Files.readString(samePlot));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(4, files.count());
    }
  }

  @Test
  void whatIsNoRateTimeOrCompressionIsRefused() {
    CommandRun rate = CommandRun.of("load", "--rate=fast");
    assertEquals(2, rate.exitCode());
    assertTrue(rate.err().contains("50..800, found 'fast'"), rate.err());
    CommandRun time = CommandRun.of("load", "--duration=30");
    assertEquals(2, time.exitCode());
    assertTrue(time.err().contains("30s or 5m, found '30'"), time.err());
    CommandRun compression = CommandRun.of("load", "--compression=br");
    assertEquals(2, compression.exitCode());
    assertTrue(
        compression.err().contains("expected one of [none, gzip, zstd], found 'br'"),
        compression.err());
  }
}
