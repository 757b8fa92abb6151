package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.PendingRequest;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.Task;
import dev.phoenix.serving.UserHistory;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.testing.Await;
import dev.phoenix.testing.Seeds;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers that close their connection while their request waits, over real sockets. */
class DisconnectTest {
  private static final String REQUEST =
      """
      POST /v1/recommend HTTP/1.1\r
      Host: localhost\r
      Content-Length: 26\r
      \r
      {"user_id": 7, "top_k": 3}\
      """;

  private final Random random = Seeds.random("disconnect");
  private final CountDownLatch release = new CountDownLatch(1);
  private final ServingEngine engine = Demo.engine(Demo.options(1, 0), new PrometheusMetrics());
  private final WebServerPort port = listen(engine);

  private static WebServerPort listen(ServingEngine engine) {
    UserSequence example = UserSequence.read(Demo.ARTIFACTS.sequence());
    return WebServerPort.start(
        Endpoint.loopback(0),
        new WebServerPort.Context(engine, FeedPolicy.DEFAULT, example, () -> true));
  }

  /** Blocks the only worker until {@link #release}. */
  @BeforeEach
  void holdTheWorker() throws InterruptedException {
    engine.load(Demo.ARTIFACTS);
    CountDownLatch held = new CountDownLatch(1);
    while (held.getCount() > 0) {
      UserHistory user = UserHistory.of(Demo.user(random, 60));
      PendingRequest pending = engine.submit(Demo.patient(user, new Task.Recommend(200)));
      // If the request were already answered, this would block the test's thread.
      var hold =
          pending
              .answer()
              .thenRun(
                  () -> {
                    if (Thread.currentThread().getName().startsWith("batch-")) {
                      held.countDown();
                      awaitRelease();
                    }
                  });
      assertTrue(held.await(1, TimeUnit.SECONDS) || hold.isDone());
    }
  }

  private void awaitRelease() {
    try {
      assertTrue(release.await(1, TimeUnit.MINUTES));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void close() {
    release.countDown();
    port.close();
    engine.close();
  }

  @Test
  void aRequestWhoseCallerIsGoneLeavesTheQueueAndNeverRuns() throws Exception {
    long ran = PrometheusMetrics.of(engine).batches()[1];
    RawConnection leaving = RawConnection.open(port, REQUEST);
    try (RawConnection staying = RawConnection.open(port, REQUEST)) {
      Await.until("both requests wait", () -> engine.inFlight() == 3);
      leaving.close();
      Await.until(
          "the request of the closed connection leaves the queue", () -> engine.inFlight() == 2);
      release.countDown();
      String answer = staying.read("\"timing\"");
      assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    }
    Await.until("nothing is left", () -> engine.inFlight() == 0);
    assertEquals(
        ran + 2,
        PrometheusMetrics.of(engine).batches()[1],
        "the one held up and the one that stayed");
    String metrics = PrometheusMetrics.of(engine).scrape();
    assertTrue(
        metrics.contains("recsys_engine_num_requests_rejected{reason=\"cancelled\"} 1"), metrics);
  }

  @Test
  void whatIsSentWhileARequestWaitsIsTheNextRequest() throws Exception {
    try (RawConnection connection = RawConnection.open(port, REQUEST)) {
      Await.until("the request waits", () -> engine.inFlight() == 2);
      connection.send(REQUEST);
      release.countDown();
      assertTrue(connection.read("\"timing\"").startsWith("HTTP/1.1 200"));
      assertTrue(connection.read("\"timing\"").contains("HTTP/1.1 200"));
      connection.send(REQUEST);
      assertTrue(connection.read("\"timing\"").contains("HTTP/1.1 200"));
    }
  }
}
