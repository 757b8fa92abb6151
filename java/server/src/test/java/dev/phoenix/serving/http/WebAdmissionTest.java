package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.RequestMemory;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.testing.Await;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests refused before their body is read, and the limit of all bodies in memory. */
class WebAdmissionTest {
  private static final int ROOM = 200_000;

  private final ServingEngine engine = Demo.engine(Demo.options(1, 0), new PrometheusMetrics());
  private final Bodies bodies = new Bodies(new RequestMemory(ROOM));
  private final WebServerPort port =
      WebServerPort.start(
          Endpoint.loopback(0),
          new WebServerPort.Context(
              engine, FeedPolicy.DEFAULT, new UserSequence(1, List.of()), () -> true),
          WebServerPort.Options.standard(),
          bodies);

  @AfterEach
  void close() {
    port.close();
    engine.close();
  }

  private static String head(String path, String headers) {
    return "POST %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n".formatted(path, headers);
  }

  /**
   * The server does not ask for the body of a refused request. It ends the connection, because the
   * caller may send the body all the same.
   */
  @ParameterizedTest
  @ValueSource(strings = {"/v1/recommend", "/v2/models/ranker/infer"})
  void whatTheEngineWouldRefuseIsNotRead(String path) throws Exception {
    String head = head(path, "Content-Length: 1000000\r\nExpect: 100-continue");
    try (RawConnection connection = RawConnection.open(port, head)) {
      String answer = connection.read("}");
      assertTrue(answer.startsWith("HTTP/1.1 503"), answer);
      assertTrue(answer.contains("the model is being loaded"), answer);
      assertTrue(answer.toLowerCase(Locale.ROOT).contains("connection: close"), answer);
      assertEquals("", connection.readAll());
    }
    assertEquals(1, PrometheusMetrics.of(engine).count("recsys_engine_num_requests_rejected"));
  }

  /** Sends a body of {@code length} bytes without the last byte. */
  private RawConnection openAlmost(int length) throws IOException {
    String body = "{\"user_id\": 7, \"top_k\": 3" + " ".repeat(length - 26);
    return RawConnection.open(port, head("/v1/recommend", "Content-Length: " + length) + body);
  }

  private void awaitHeld(int bytes) {
    Await.until(() -> bodies.heldBytes() + " bytes are held", () -> bodies.heldBytes() == bytes);
  }

  @Test
  void bodiesHaveRoomTogether() throws Exception {
    engine.load(Demo.ARTIFACTS);
    int large = ROOM / 2;
    try (RawConnection first = openAlmost(large)) {
      awaitHeld(large);
      String metrics = PrometheusMetrics.of(engine).scrape();
      assertTrue(metrics.contains("phoenix_request_memory_bytes 100000"), metrics);
      try (RawConnection second = openAlmost(large)) {
        second.send("}");
        String refused = second.read("\"}");
        assertTrue(refused.startsWith("HTTP/1.1 429"), refused);
        assertTrue(refused.contains("expected at most 200000 bytes at once"), refused);
      }
      try (RawConnection small = openAlmost(100)) {
        small.send("}");
        String answer = small.read("\"timing\"");
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
      }
      first.send("}");
      String answer = first.read("\"timing\"");
      assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    }
    awaitHeld(0);
    try (RawConnection second = openAlmost(large)) {
      second.send("}");
      String answer = second.read("\"timing\"");
      assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    }
  }
}
