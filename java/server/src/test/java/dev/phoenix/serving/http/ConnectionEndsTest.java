package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which connections are kept and which are closed. */
class ConnectionEndsTest {
  private static final String PROBE = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private final ServingEngine engine = Demo.engine(Demo.options(1, 0), new PrometheusMetrics());
  private final WebServerPort port =
      WebServerPort.start(
          Endpoint.loopback(0),
          new WebServerPort.Context(
              engine, FeedPolicy.DEFAULT, new UserSequence(1, List.of()), () -> false));

  @AfterEach
  void close() {
    port.close();
    engine.close();
  }

  private static boolean saysClose(String answer) {
    return answer.toLowerCase(Locale.ROOT).contains("\r\nconnection: close\r\n");
  }

  @Test
  void everyAnswerIsTheLastOnceClientsAreToGoElsewhere() throws Exception {
    String refused =
        "POST /v1/recommend HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
            + " ".repeat(100_000);
    String unknown = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";
    try (RawConnection probing = RawConnection.open(port, PROBE);
        RawConnection asking = RawConnection.open(port, refused);
        RawConnection lost = RawConnection.open(port, unknown)) {
      String alive = probing.read("alive\n");
      assertTrue(alive.startsWith("HTTP/1.1 200") && !saysClose(alive), alive);
      String loading = asking.read("}");
      assertTrue(loading.startsWith("HTTP/1.1 503") && !saysClose(loading), loading);
      String nothing = lost.read("\r\n\r\n");
      assertTrue(nothing.startsWith("HTTP/1.1 404") && !saysClose(nothing), nothing);
      port.notReadyAnyMore();
      probing.send(PROBE + PROBE);
      String last = probing.readAll();
      assertTrue(last.startsWith("HTTP/1.1 200") && saysClose(last), last);
      assertEquals(last.indexOf("HTTP/1.1"), last.lastIndexOf("HTTP/1.1"), last);
      asking.send(refused);
      last = asking.readAll();
      assertTrue(last.startsWith("HTTP/1.1 503") && saysClose(last), last);
      assertTrue(last.contains("the model is being loaded"), last);
      lost.send(unknown);
      last = lost.readAll();
      assertTrue(last.contains("HTTP/1.1 404") && saysClose(last), last);
    }
  }

  @Test
  void theOperatorsPortIsLeftToo() throws Exception {
    String status = "GET /admin/status HTTP/1.1\r\nHost: localhost\r\n\r\n";
    try (Reloader reloader = new Reloader(engine, Demo.ARTIFACTS.directory());
        WebServerPort admin =
            port.startAdmin(
                Endpoint.loopback(0), reloader, BearerToken.of("correct-horse-battery"));
        RawConnection connection = RawConnection.open(admin, status)) {
      String kept = connection.read("}");
      assertTrue(kept.startsWith("HTTP/1.1 401") && !saysClose(kept), kept);
      admin.notReadyAnyMore();
      connection.send(status);
      String last = connection.readAll();
      assertTrue(last.startsWith("HTTP/1.1 401") && saysClose(last), last);
    }
  }

  @Test
  void aCallerMayEndItsConnectionItself() throws Exception {
    String only = PROBE.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    try (RawConnection connection = RawConnection.open(port, only)) {
      String answer = connection.readAll();
      assertTrue(answer.endsWith("alive\n") && saysClose(answer), answer);
    }
    try (RawConnection connection = RawConnection.open(port, PROBE)) {
      assertFalse(saysClose(connection.read("alive\n")));
    }
  }
}
