package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.feature.HistoryCut;
import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.Endpoint;
import dev.phoenix.serving.EngineOptions;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.UserHistory;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.serving.oip.InferTensor;
import dev.phoenix.serving.oip.InferenceDecoder;
import dev.phoenix.testing.Await;
import dev.phoenix.testing.Seeds;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommenderGrpc;

/** Tests what calls hold: their messages, and what waits of them. */
@Timeout(120)
class CallMemoryTest {
  private static final int MIB = 1 << 20;

  private final EngineOptions options = Demo.options(4, 0);
  private final ServingEngine engine =
      Demo.engine(
          options.with(new EngineOptions.Bounds(options.bounds().longestDeadline(), 2 * MIB)),
          new PrometheusMetrics());
  private final Reloader reloader = new Reloader(engine, Demo.ARTIFACTS.directory());
  private final GrpcServer server =
      GrpcServer.start(
          Endpoint.loopback(0),
          new GrpcServer.Context(
              engine,
              FeedPolicy.DEFAULT,
              new GrpcServer.ReloadAccess(reloader, BearerToken.of(null)),
              () -> true));
  private final ManagedChannel channel =
      NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();

  @AfterEach
  void close() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.close();
    reloader.close();
    engine.close();
  }

  private static RecommendRequest request(int events) {
    return RecommendRequest.newBuilder()
        .setSequence(new WireUser(Seeds.random("call memory"), events).message())
        .setTopK(3)
        .build();
  }

  /** A message with {@code bytes} of a field that the service does not know. */
  private static RecommendRequest large(int bytes) {
    byte[] filling = new byte[bytes];
    return request(5).toBuilder()
        .setUnknownFields(
            com.google.protobuf.UnknownFieldSet.newBuilder()
                .addField(
                    9999,
                    com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                        .addLengthDelimited(com.google.protobuf.ByteString.copyFrom(filling))
                        .build())
                .build())
        .build();
  }

  private void awaitNothingHeld() {
    Await.until(
        () -> engine.memory().heldBytes() + " bytes are held",
        () -> engine.memory().heldBytes() == 0);
  }

  @Test
  void aMessageWithoutRoomIsRefusedAndGivesBackWhatItHeld() {
    engine.load(Demo.ARTIFACTS);
    var stub = RecommenderGrpc.newBlockingStub(channel);
    assertEquals(3, stub.recommend(request(5)).getPostsCount());
    awaitNothingHeld();
    for (int attempt = 0; attempt < 3; attempt++) {
      StatusRuntimeException refused =
          assertThrows(StatusRuntimeException.class, () -> stub.recommend(large(4 * MIB)));
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
      String said = String.valueOf(refused.getStatus().getDescription());
      assertTrue(said.contains("too many requests are being read"), said);
      awaitNothingHeld();
    }
    try (var _ = holding(7 * MIB / 4)) {
      assertEquals(3, stub.recommend(request(5)).getPostsCount(), "a small call has room");
    }
    assertEquals(3, stub.recommend(large(MIB / 2)).getPostsCount());
    awaitNothingHeld();
  }

  private AutoCloseableHold holding(long bytes) {
    var hold = engine.memory().open();
    hold.resize(bytes);
    return hold::close;
  }

  private interface AutoCloseableHold extends AutoCloseable {
    @Override
    void close();
  }

  @Test
  void aMethodThatNeedsLittleTakesLittle() {
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () -> {
              var _ =
                  HealthGrpc.newBlockingStub(channel)
                      .check(
                          HealthCheckRequest.newBuilder()
                              .setService("x".repeat(2 * CallMemory.SMALL_MESSAGE_BYTES))
                              .build());
            });
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
    awaitNothingHeld();
  }

  @Test
  void historiesAreCutWhenTheyAreDecoded() {
    HistoryCut cut = new HistoryCut(dev.phoenix.checkpoint.HistoryEnd.LAST, 127);
    WireUser wire = new WireUser(Seeds.random("long history"), 4096);
    UserHistory message =
        new WireHistory(RequestLimits.DEFAULT, FeedPolicy.DEFAULT, () -> cut).of(wire.message());
    assertCut(message);
    assertEquals(
        wire.history().history().getLast().postId(), message.history().postId(126), "the last");
    long[] ids = new long[4096];
    Arrays.setAll(ids, i -> i + 1);
    float[] actions = new float[4096 * 19];
    Arrays.fill(actions, 1);
    List<InferTensor> inputs =
        List.of(
            InferTensor.of("user_id", new long[] {1}, new long[] {7}),
            InferTensor.of("history_post_ids", new long[] {4096}, ids),
            InferTensor.of("history_author_ids", new long[] {4096}, ids),
            InferTensor.of("history_actions", new long[] {4096, 19}, actions));
    assertCut(
        new InferenceDecoder(RequestLimits.DEFAULT, FeedPolicy.DEFAULT, () -> cut)
            .decode("recommender", inputs, 1)
            .user());
  }

  private static void assertCut(UserHistory user) {
    assertEquals(127, user.length());
    assertEquals(4096, user.events());
    assertEquals(4096 - 127, user.from());
    assertEquals(4096, user.seen().ids().length, "all posts are excluded");
    assertTrue(user.history().bytes() < 30_000, "found " + user.history().bytes());
  }
}
