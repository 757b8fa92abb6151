package dev.phoenix.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.compression.Compression;
import dev.phoenix.compression.SeenEncodings;
import dev.phoenix.compression.ZstdCodec;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommendResponse;
import phoenix.v1.RecommenderGrpc;

/** Which calls the client retries. */
class PhoenixClientTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final RetryPolicy QUICK =
      new RetryPolicy(
          4, Duration.ofMillis(1), Duration.ofMillis(4), RetryPolicy.DEFAULT.retryable(), 1);

  private final Script script = new Script();
  private final SeenEncodings encodings = new SeenEncodings();
  private final Server server;

  PhoenixClientTest() throws IOException {
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .compressorRegistry(ZstdCodec.compressors())
            .decompressorRegistry(ZstdCodec.decompressors())
            .intercept(encodings)
            .addService(script)
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  /** Answers with the given statuses, then with OK; does not answer for CANCELLED. */
  private static final class Script extends RecommenderGrpc.RecommenderImplBase {
    final Deque<Status> statuses = new ArrayDeque<>();
    final AtomicInteger calls = new AtomicInteger();

    @Override
    public synchronized void recommend(
        RecommendRequest request, StreamObserver<RecommendResponse> answer) {
      calls.incrementAndGet();
      Status status = statuses.isEmpty() ? Status.OK : statuses.removeFirst();
      if (status.isOk()) {
        answer.onNext(RecommendResponse.newBuilder().setUserId(7).build());
        answer.onCompleted();
      } else if (status.getCode() != Status.Code.CANCELLED) {
        answer.onError(status.asRuntimeException());
      }
    }
  }

  private PhoenixClient client(Duration deadline, RetryPolicy retries) {
    return PhoenixClient.plaintext(
        "127.0.0.1:" + server.getPort(),
        ClientOptions.DEFAULT.withDeadline(deadline).withRetries(retries));
  }

  private static Status.Code failure(PhoenixClient client) {
    return assertThrows(
            StatusRuntimeException.class,
            () -> client.recommend(RecommendRequest.getDefaultInstance()))
        .getStatus()
        .getCode();
  }

  @Test
  void whatWasNotDoneIsAskedForAgain() {
    script.statuses.addAll(List.of(Status.UNAVAILABLE, Status.RESOURCE_EXHAUSTED));
    try (PhoenixClient client = client(LONG, QUICK)) {
      assertEquals(7, client.recommend(RecommendRequest.getDefaultInstance()).getUserId());
      assertEquals(3, script.calls.get());
    }
  }

  @Test
  void theLastStatusIsThrownWhenAttemptsAreUsedUp() {
    for (int i = 0; i < 10; i++) {
      script.statuses.add(Status.UNAVAILABLE);
    }
    try (PhoenixClient client = client(LONG, QUICK)) {
      assertEquals(Status.Code.UNAVAILABLE, failure(client));
      assertEquals(4, script.calls.get());
    }
  }

  @Test
  void otherFailuresAreNotRepeated() {
    try (PhoenixClient client = client(LONG, QUICK)) {
      for (Status status :
          List.of(Status.INVALID_ARGUMENT, Status.INTERNAL, Status.DEADLINE_EXCEEDED)) {
        script.statuses.add(status);
        script.calls.set(0);
        assertEquals(status.getCode(), failure(client));
        assertEquals(1, script.calls.get());
      }
    }
  }

  @Test
  void theDeadlineHoldsForAllCallsTogether() {
    script.statuses.addAll(List.of(Status.UNAVAILABLE, Status.CANCELLED));
    try (PhoenixClient client = client(Duration.ofMillis(500), QUICK)) {
      assertEquals(Status.Code.DEADLINE_EXCEEDED, failure(client));
      assertEquals(2, script.calls.get());
    }
  }

  @Test
  void noRetryIsMadeThatWouldComeTooLate() {
    RetryPolicy slow =
        new RetryPolicy(3, Duration.ofHours(9), Duration.ofHours(9), QUICK.retryable(), 1);
    script.statuses.add(Status.UNAVAILABLE);
    try (PhoenixClient client = client(Duration.ofSeconds(20), slow)) {
      assertEquals(Status.Code.UNAVAILABLE, failure(client));
      assertEquals(1, script.calls.get());
    }
  }

  @Test
  void aServerThatRefusesEverythingIsNotAskedMuchMoreOften() {
    int calls = 100;
    for (int i = 0; i < 10 * calls; i++) {
      script.statuses.add(Status.RESOURCE_EXHAUSTED);
    }
    RetryPolicy sparing =
        new RetryPolicy(4, Duration.ofMillis(1), Duration.ofMillis(1), QUICK.retryable(), 0.1);
    try (PhoenixClient client = client(LONG, sparing)) {
      for (int i = 0; i < calls; i++) {
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, failure(client));
      }
    }
    assertTrue(script.calls.get() <= calls + 10 + calls / 10, "calls: " + script.calls.get());
    assertTrue(script.calls.get() > calls, "calls: " + script.calls.get());
  }

  @Test
  void backoffIsRandomBelowABoundThatDoubles() {
    RetryPolicy policy =
        new RetryPolicy(9, Duration.ofNanos(100), Duration.ofNanos(1000), Set.of(), 1);
    SplittableRandom random = new SplittableRandom(1);
    long[] bounds = {100, 200, 400, 800, 1000, 1000};
    for (int retry = 0; retry < bounds.length; retry++) {
      long most = 0;
      for (int i = 0; i < 2000; i++) {
        long wait = policy.backoffNanos(retry + 2, random);
        assertTrue(wait >= 0 && wait < bounds[retry], "wait " + wait + " at " + retry);
        most = Math.max(most, wait);
      }
      assertTrue(most > bounds[retry] * 0.9, "most " + most + " at " + retry);
    }
    assertTrue(policy.backoffNanos(200, random) < 1000);
    assertEquals(0, RetryPolicy.NONE.backoffNanos(2, random));
  }

  /** GrpcCompressionTest checks sizes and answers against the real server. */
  @ParameterizedTest
  @CsvSource({"NONE, identity", "GZIP, gzip", "ZSTD, zstd"})
  void requestsAreCompressedAsChosen(Compression compression, String encoding) {
    ClientOptions options = ClientOptions.DEFAULT.withDeadline(LONG).withCompression(compression);
    try (PhoenixClient client = PhoenixClient.plaintext("127.0.0.1:" + server.getPort(), options)) {
      assertEquals(7, client.recommend(RecommendRequest.getDefaultInstance()).getUserId());
    }
    assertEquals(Set.of(encoding), encodings.requests());
    assertEquals(Set.of("gzip", "zstd"), encodings.understood());
  }

  @Test
  void aChannelThatDoesNotKnowZstdFailsInOneLine() {
    ManagedChannel channel =
        Grpc.newChannelBuilder("127.0.0.1:" + server.getPort(), InsecureChannelCredentials.create())
            .build();
    ClientOptions options = ClientOptions.DEFAULT.withCompression(Compression.ZSTD);
    try (PhoenixClient client = PhoenixClient.over(channel, options)) {
      StatusRuntimeException failed =
          assertThrows(
              StatusRuntimeException.class,
              () -> client.recommend(RecommendRequest.getDefaultInstance()));
      assertEquals("INTERNAL: Unable to find compressor by name zstd", failed.getMessage());
    }
  }

  @Test
  void policiesThatMakeNoSenseAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new RetryPolicy(0, Duration.ZERO, Duration.ZERO, Set.of(), 0));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new RetryPolicy(
                2, Duration.ZERO, Duration.ZERO, Set.of(Status.Code.DEADLINE_EXCEEDED), 0));
    assertThrows(IllegalArgumentException.class, () -> client(Duration.ZERO, QUICK));
  }
}
