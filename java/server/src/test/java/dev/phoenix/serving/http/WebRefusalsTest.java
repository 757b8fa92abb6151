package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.testing.Await;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bodies that are invalid, too large or too late, over a real connection. */
class WebRefusalsTest {
  private static DemoWeb demo;

  @BeforeAll
  static void start() {
    demo = DemoWeb.start();
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  @Test
  void badBodiesAreRefusedInOneLine() throws Exception {
    for (String body :
        List.of(
            "",
            "[",
            "{\"user_id\": -1}",
            "{\"user_id\": 18446744073709551616}",
            "{\"user_id\": 1, \"top_k\": 1e3}",
            "{\"user_id\": 1, \"top_k\": 1001}",
            "{\"user_id\": 1, \"history\": {}}",
            "{\"user_id\": 1, \"history\": [{\"actions\": {\"x\": 1}}]}",
            "{\"user_id\": 1, \"history\": [{\"actions\": {\"1\": 1e99}}]}",
            "{\"user_id\": 1, \"history\": [{\"post_id\": 2, \"actions\": {\"1\": 3e38}}]}",
            "{\"user_id\": 1, \"history\": [{\"post_id\": 2, \"actions\": {\"1\": -2e9}}]}",
            "{\"user_id\": 1, \"history\": [{\"post_id\": 2, \"actions\": {\"1\": NaN}}]}",
            "{\"user_id\": 1, \"user_ip_id\": -1}",
            "{} {}",
            "{\"a\": " + "[".repeat(200) + "]".repeat(200) + "}")) {
      var response = demo.post("/v1/recommend", body);
      assertEquals(400, response.statusCode(), body);
      String error = DemoWeb.MAPPER.readTree(response.body()).get("error").asString();
      assertFalse(error.contains("\n") || error.contains("jackson"), error);
    }
    String many = "{\"history\": [" + "{},".repeat(5000) + "{}]}";
    assertEquals(400, demo.post("/v1/recommend", many).statusCode());
  }

  /** The server answers and closes without reading on, so a client may find only the end. */
  @Test
  void aBodyThatIsTooLargeIsNotRead() throws Exception {
    try {
      int code = demo.post("/v1/recommend", " ".repeat(17 << 20)).statusCode();
      assertTrue(code == 413 || code == 400, "found " + code);
    } catch (IOException closed) {
      assertFalse(closed instanceof HttpTimeoutException, String.valueOf(closed));
    }
    assertEquals(200, demo.get("/readyz").statusCode());
  }

  /**
   * The deadline counts from the head of the request. The server requests the body after it has
   * recorded the time, and the body arrives after the deadline.
   */
  @Test
  void aDeadlineThatCannotBeMetIsAGatewayTimeout() throws Exception {
    byte[] body =
        "{\"user_id\": 3, \"top_k\": 1000, \"deadline_ms\": 1}".getBytes(StandardCharsets.UTF_8);
    long expired = PrometheusMetrics.of(demo.engine()).count("recsys_engine_num_requests_rejected");
    var response =
        demo.send(
            demo.to(demo.users(), "/v1/recommend")
                .expectContinue(true)
                .POST(BodyPublishers.ofInputStream(() -> afterTheDeadline(body))));
    assertEquals(504, response.statusCode(), response.body());
    assertTrue(response.body().contains("deadline"), response.body());
    assertEquals(
        expired + 1,
        PrometheusMetrics.of(demo.engine()).count("recsys_engine_num_requests_rejected"));
  }

  private static InputStream afterTheDeadline(byte[] body) {
    long begin = System.nanoTime();
    Await.until("a millisecond", () -> System.nanoTime() - begin > 1_000_000);
    return new ByteArrayInputStream(body);
  }
}
