package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.function.Executable;

/** A gRPC port that serves the demo, and a connection to it. */
final class DemoGrpc {
  static final String TOKEN = "correct-horse-battery";

  private final ServingEngine engine =
      Demo.engine(Demo.options(8, 50_000_000), new PrometheusMetrics());
  private final Reloader reloader;
  private final GrpcServer server;
  private final ManagedChannel channel;

  private DemoGrpc() {
    engine.load(Demo.ARTIFACTS);
    reloader = new Reloader(engine, Demo.ARTIFACTS.directory());
    server =
        GrpcServer.start(
            Endpoint.loopback(0),
            new GrpcServer.Context(
                engine,
                FeedPolicy.DEFAULT,
                new GrpcServer.ReloadAccess(reloader, BearerToken.of(TOKEN)),
                () -> true));
    server.ready(true);
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
  }

  static DemoGrpc start() {
    return new DemoGrpc();
  }

  ServingEngine engine() {
    return engine;
  }

  Reloader reloader() {
    return reloader;
  }

  GrpcServer server() {
    return server;
  }

  ManagedChannel channel() {
    return channel;
  }

  /** The status of a failing call; checks that its message has no internal details. */
  static Status.Code code(Executable call) {
    StatusRuntimeException failed = assertThrows(StatusRuntimeException.class, call);
    String description = Objects.requireNonNullElse(failed.getStatus().getDescription(), "");
    assertFalse(description.contains("dev.phoenix"), description);
    return failed.getStatus().getCode();
  }

  /** Closes connection, port and engine. */
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.close();
    reloader.close();
    engine.close();
  }
}
