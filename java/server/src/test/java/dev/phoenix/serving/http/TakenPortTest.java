package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Ports that are already in use. */
class TakenPortTest {
  private final ServingEngine engine = Demo.engine(Demo.options(1, 0), new PrometheusMetrics());
  private final WebServerPort.Context context =
      new WebServerPort.Context(
          engine, FeedPolicy.DEFAULT, new UserSequence(1, List.of()), () -> true);
  private ServerSocket taken = new ServerSocket();

  TakenPortTest() throws IOException {}

  @BeforeEach
  void take() throws IOException {
    taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    taken.close();
    engine.close();
  }

  private void assertRefused(Executable start) {
    UncheckedIOException failed = assertThrows(UncheckedIOException.class, start);
    assertEquals(
        "HTTP cannot listen on 127.0.0.1 port " + taken.getLocalPort(), failed.getMessage());
  }

  @Test
  void usersPort() {
    assertRefused(() -> WebServerPort.start(Endpoint.loopback(taken.getLocalPort()), context));
  }

  @Test
  void adminPort() {
    try (Reloader reloader = new Reloader(engine, Demo.ARTIFACTS.directory());
        WebServerPort users = WebServerPort.start(Endpoint.loopback(0), context)) {
      Endpoint endpoint = Endpoint.loopback(taken.getLocalPort());
      assertRefused(
          () -> users.startAdmin(endpoint, reloader, BearerToken.of("correct-horse-battery")));
    }
  }
}
