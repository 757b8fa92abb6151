package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.serving.Demo;
import dev.phoenix.serving.metrics.PrometheusMetrics;
import dev.phoenix.testing.Seeds;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommenderGrpc;
import xai.recsys.v1.CandidateSet;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.RecsysPredictorGrpc;

/** Invalid requests over a real connection. */
class GrpcRefusalsTest {
  private static DemoGrpc demo;

  private final Random random = Seeds.random("grpc refusals");
  private final WireUser user = new WireUser(random, 30);

  @BeforeAll
  static void start() {
    demo = DemoGrpc.start();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    demo.stop();
  }

  private static RecsysPredictorGrpc.RecsysPredictorBlockingStub predictor() {
    return RecsysPredictorGrpc.newBlockingStub(demo.channel());
  }

  /** Without this handling the library reports an internal error and logs its stack trace. */
  @Test
  void bytesThatAreNoMessageAreAWrongRequest() {
    var marshaller = new ByteMarshaller();
    var method =
        MethodDescriptor.newBuilder(marshaller, marshaller)
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(RecommenderGrpc.getRecommendMethod().getFullMethodName())
            .build();
    long refused = PrometheusMetrics.of(demo.engine()).count("recsys_engine_num_requests_rejected");
    byte[] torn = {0x0A, 0x7F, 1};
    StatusRuntimeException failed =
        assertThrows(
            StatusRuntimeException.class,
            () -> ClientCalls.blockingUnaryCall(demo.channel(), method, CallOptions.DEFAULT, torn));
    assertEquals(Status.Code.INVALID_ARGUMENT, failed.getStatus().getCode());
    assertEquals(
        refused + 1,
        PrometheusMetrics.of(demo.engine()).count("recsys_engine_num_requests_rejected"));
    byte[] whole = RecommendRequest.newBuilder().setTopK(1).build().toByteArray();
    assertTrue(
        ClientCalls.blockingUnaryCall(demo.channel(), method, CallOptions.DEFAULT, whole).length
            > 0);
  }

  private static final class ByteMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try (stream) {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void allAnswersOfACallHaveToFitAMessage() {
    long[] posts = Demo.ids(random, 2048);
    PredictNextActionsRequest.Builder many = user.rankRequest(posts, posts);
    for (int i = 1; i < 33; i++) {
      many.addSequences(many.getSequences(0));
    }
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class, () -> predictor().predictNextActions(many.build()));
    assertEquals(
        "INVALID_ARGUMENT: posts of all answers to a call: expected at most 65536, found 67584",
        refused.getMessage());
  }

  @Test
  void badRequestsHaveTheirStatus() {
    long[] posts = Demo.ids(random, 1);
    PredictNextActionsRequest two =
        user.rankRequest(posts, posts).addCandidateSets(CandidateSet.newBuilder()).build();
    assertEquals(
        Status.Code.INVALID_ARGUMENT, DemoGrpc.code(() -> predictor().predictNextActions(two)));
    long[] many = Demo.ids(random, 2049);
    PredictNextActionsRequest full = user.rankRequest(many, many).build();
    StatusRuntimeException counted =
        assertThrows(StatusRuntimeException.class, () -> predictor().predictNextActions(full));
    assertEquals(
        "INVALID_ARGUMENT: candidates: expected at most 2048, found 2049", counted.getMessage());
    PredictNextActionsRequest far =
        user.rankRequest(posts, posts).addRequestedActionIndices(19).build();
    assertEquals(
        Status.Code.INVALID_ARGUMENT, DemoGrpc.code(() -> predictor().predictNextActions(far)));
    PredictNextActionsRequest fat =
        user.rankRequest(posts, posts).setMetadata("x".repeat(17 << 20)).build();
    Status.Code refused = DemoGrpc.code(() -> predictor().predictNextActions(fat));
    assertTrue(
        refused == Status.Code.RESOURCE_EXHAUSTED || refused == Status.Code.CANCELLED,
        "found " + refused);
    assertEquals(
        Status.Code.DEADLINE_EXCEEDED,
        DemoGrpc.code(
            () ->
                predictor()
                    .withDeadlineAfter(1, TimeUnit.NANOSECONDS)
                    .predictNextActions(user.rankRequest(posts, posts).build())));
  }
}
