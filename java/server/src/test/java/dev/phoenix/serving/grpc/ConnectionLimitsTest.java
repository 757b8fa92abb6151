package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.grpc.GrpcServer.ConnectionLimits;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.serving.oip.ModelStatistics;
import dev.phoenix.serving.tls.Access;
import dev.phoenix.testing.Await;
import dev.phoenix.testing.Seeds;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommendResponse;
import phoenix.v1.RecommenderGrpc;

/** The age and concurrency limits of connections, over real connections. */
@Timeout(120)
class ConnectionLimitsTest {
  private final ServingEngine engine = Demo.engine(Demo.options(4, 0), new PrometheusMetrics());
  private final Reloader reloader = new Reloader(engine, Demo.ARTIFACTS.directory());
  private final RecommendRequest request =
      RecommendRequest.newBuilder()
          .setSequence(new WireUser(Seeds.random("connection limits"), 5).message())
          .setTopK(3)
          .build();

  @AfterEach
  void close() {
    reloader.close();
    engine.close();
  }

  private GrpcServer start(ConnectionLimits limits) {
    return GrpcServer.start(
        Endpoint.loopback(0),
        new GrpcServer.Options(
            limits,
            GrpcServer.ClientRules.DEFAULT,
            Access.OPEN,
            new ModelStatistics(InstantSource.system()),
            () -> {}),
        new GrpcServer.Context(
            engine,
            FeedPolicy.DEFAULT,
            new GrpcServer.ReloadAccess(reloader, BearerToken.of(null)),
            () -> true));
  }

  private static ManagedChannel connect(GrpcServer server) {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
  }

  @Test
  void theLimitsAreThoseOfTheContract() {
    assertEquals(16 << 20, ConnectionLimits.DEFAULT.messageBytes());
    assertEquals(1024, ConnectionLimits.DEFAULT.calls());
    assertEquals(Duration.ofMinutes(10), ConnectionLimits.DEFAULT.age());
  }

  @Test
  void anOldConnectionIsEndedAndItsClientComesAgain() throws InterruptedException {
    engine.load(Demo.ARTIFACTS);
    Duration age = Duration.ofMillis(300);
    try (GrpcServer server =
        start(new ConnectionLimits(16 << 20, 1024, age, Duration.ofSeconds(30)))) {
      ManagedChannel channel = connect(server);
      try {
        var stub = RecommenderGrpc.newBlockingStub(channel);
        for (int connection = 0; connection < 3; connection++) {
          assertEquals(3, stub.recommend(request).getPostsCount());
          Await.until(
              "the connection is ended when it is old",
              () -> channel.getState(false) == ConnectivityState.IDLE);
        }
      } finally {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      }
    }
  }

  /** Starts a call. */
  private static CompletableFuture<RecommendResponse> call(
      ManagedChannel channel, RecommendRequest request) {
    CompletableFuture<RecommendResponse> answer = new CompletableFuture<>();
    RecommenderGrpc.newStub(channel)
        .recommend(
            request,
            new StreamObserver<>() {
              @Override
              public void onNext(RecommendResponse response) {
                answer.complete(response);
              }

              @Override
              public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
              }

              @Override
              public void onCompleted() {
                answer.completeExceptionally(new AssertionError("no answer"));
              }
            });
    return answer;
  }

  @Test
  void callsBeyondTheLimitWaitForTheirTurn() throws Exception {
    engine.load(Demo.ARTIFACTS);
    try (GrpcServer server =
        start(new ConnectionLimits(16 << 20, 1, Duration.ofMinutes(10), Duration.ofSeconds(30)))) {
      ManagedChannel channel = connect(server);
      try {
        // After the first call the client knows the connection's settings.
        assertEquals(3, call(channel, request).get(30, TimeUnit.SECONDS).getPostsCount());
        // A batch is counted after its answers are on their way.
        Await.until("a batch", () -> PrometheusMetrics.of(engine).batches()[0] == 1);
        List<CompletableFuture<RecommendResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          answers.add(call(channel, request));
        }
        for (CompletableFuture<RecommendResponse> answer : answers) {
          assertEquals(1, answer.get(30, TimeUnit.SECONDS).getTiming().getBatchSize());
        }
        // One at a time never shares a batch.
        Await.until("a batch for each", () -> PrometheusMetrics.of(engine).batches()[0] == 1 + 12);
      } finally {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      }
    }
  }
}
