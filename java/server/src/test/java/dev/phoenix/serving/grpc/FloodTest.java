package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.serving.oip.ModelStatistics;
import dev.phoenix.serving.tls.Access;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that reset streams or ping without end are ended. */
@Timeout(120)
class FloodTest {
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int CANCEL = 8;
  private static final int STREAMS = 5000;
  private static final String PATH = "/inference.GRPCInferenceService/ModelInfer";

  private final ServingEngine engine = Demo.engine(Demo.options(1, 0), new PrometheusMetrics());
  private final Reloader reloader = new Reloader(engine, Demo.ARTIFACTS.directory());

  @AfterEach
  void close() {
    reloader.close();
    engine.close();
  }

  private GrpcServer start(GrpcServer.ClientRules rules) {
    return GrpcServer.start(
        Endpoint.loopback(0),
        new GrpcServer.Options(
            rules, Access.OPEN, new ModelStatistics(InstantSource.system()), () -> {}),
        new GrpcServer.Context(
            engine,
            FeedPolicy.DEFAULT,
            new GrpcServer.ReloadAccess(reloader, BearerToken.of(null)),
            () -> true));
  }

  /** Begins a call and makes one side reset it, again and again. */
  private static int flood(GrpcServer server, int type, int number) throws IOException {
    try (Http2Frames frames = new Http2Frames(server.port())) {
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < STREAMS; i++) {
                        int stream = 2 * i + 1;
                        frames.send(Http2Frames.call(stream, PATH));
                        frames.send(Http2Frames.frame(type, 0, stream, Http2Frames.number(number)));
                      }
                      frames.ping();
                    } catch (SocketException ended) {
                      // The server has had enough.
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  });
      try {
        return frames.awaitEnd(1);
      } finally {
        sender.interrupt();
      }
    }
  }

  @Test
  void streamsThatTheClientResetsAreLimited() throws IOException {
    try (GrpcServer server = start(GrpcServer.ClientRules.DEFAULT)) {
      assertEquals(ENHANCE_YOUR_CALM, flood(server, Http2Frames.RESET, CANCEL));
    }
  }

  /** A window update of 0 is an error of the stream, which the server resets. */
  @Test
  void streamsThatTheServerMustResetAreLimited() throws IOException {
    try (GrpcServer server = start(GrpcServer.ClientRules.DEFAULT)) {
      assertEquals(ENHANCE_YOUR_CALM, flood(server, Http2Frames.WINDOW_UPDATE, 0));
    }
  }

  @Test
  void pingsAreTakenAsOftenAsTheRulesSay() throws IOException {
    try (GrpcServer server = start(new GrpcServer.ClientRules(Duration.ZERO, true, 1000));
        Http2Frames frames = new Http2Frames(server.port())) {
      for (int i = 0; i < 20; i++) {
        frames.ping();
      }
      assertEquals(-1, frames.awaitEnd(20));
    }
    try (GrpcServer server = start(new GrpcServer.ClientRules(Duration.ofHours(1), true, 1000));
        Http2Frames frames = new Http2Frames(server.port())) {
      for (int i = 0; i < 20; i++) {
        frames.ping();
      }
      assertEquals(ENHANCE_YOUR_CALM, frames.awaitEnd(20));
    }
  }
}
