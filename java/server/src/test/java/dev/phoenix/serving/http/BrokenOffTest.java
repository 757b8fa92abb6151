package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.testing.Await;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers that disconnect are counted once each and not logged. */
class BrokenOffTest {
  private final DemoWeb demo = DemoWeb.start();
  private final Logger root = Logger.getLogger("");
  private final Warnings warnings = new Warnings();

  /** Collects log messages of level warning and above. */
  private static final class Warnings extends Handler {
    private final List<String> messages = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord line) {
      if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
        messages.add(line.getLoggerName() + ": " + line.getMessage());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @BeforeEach
  void listen() {
    root.addHandler(warnings);
  }

  @AfterEach
  void close() {
    root.removeHandler(warnings);
    demo.close();
  }

  private long refused() {
    return PrometheusMetrics.of(demo.engine()).count("recsys_engine_num_requests_rejected");
  }

  private void assertRefusedOnce(String reason) {
    String metrics = PrometheusMetrics.of(demo.engine()).scrape();
    assertEquals(1, refused(), metrics);
    assertTrue(
        metrics.contains("recsys_engine_num_requests_rejected{reason=\"%s\"} 1".formatted(reason)),
        metrics);
    assertEquals(
        1, PrometheusMetrics.of(demo.engine()).count("recsys_engine_num_requests"), metrics);
    assertEquals(List.of(), warnings.messages);
  }

  private static String head(String length) {
    return """
    POST /v1/recommend HTTP/1.1\r
    Host: localhost\r
    %s\r
    \r
    """
        .formatted(length);
  }

  @Test
  void aBodyShorterThanItsLengthIsAWrongRequest() throws Exception {
    try (RawConnection connection =
        RawConnection.open(demo.users(), head("Content-Length: 100") + "{\"user_id\"")) {
      connection.endSending();
      String answer = connection.readAll();
      assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
      assertTrue(answer.contains("the body ended too early"), answer);
    }
    assertRefusedOnce("invalid");
  }

  @Test
  void soIsABodyThatEndsWithinAChunk() throws Exception {
    try (RawConnection connection =
        RawConnection.open(
            demo.users(), head("Transfer-Encoding: chunked") + "40\r\n{\"user_id\"")) {
      connection.endSending();
      String answer = connection.readAll();
      assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
      assertTrue(answer.contains("the body ended too early"), answer);
    }
    assertRefusedOnce("invalid");
  }

  @Test
  void aConnectionThatBreaksWhileABodyIsReadTakesTheRequestBack() throws Exception {
    String head = head("Content-Length: 100\r\nExpect: 100-continue");
    try (RawConnection connection = RawConnection.open(demo.users(), head)) {
      String go = connection.read("\r\n\r\n");
      assertTrue(go.startsWith("HTTP/1.1 100"), go);
      connection.reset();
    }
    Await.until("the request is counted", () -> refused() > 0);
    assertRefusedOnce("cancelled");
  }

  /** The answers exceed the sockets' buffers, so the server is writing one when it happens. */
  @Test
  void aConnectionThatBreaksWhileAnAnswerIsSentIsNoFailure() throws Exception {
    String request = "GET /v2/models/recommender HTTP/1.1\r\nHost: localhost\r\n\r\n";
    try (RawConnection connection = RawConnection.open(demo.users(), request.repeat(20_000))) {
      String first = connection.read("\r\n\r\n");
      assertTrue(first.startsWith("HTTP/1.1 200"), first);
      connection.reset();
    }
    demo.users().close();
    assertEquals(0, refused(), PrometheusMetrics.of(demo.engine()).scrape());
    assertFalse(
        warnings.messages.stream().anyMatch(line -> line.contains("request failed")),
        warnings.messages.toString());
    assertEquals(List.of(), warnings.messages);
  }
}
