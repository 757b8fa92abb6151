package dev.phoenix.bench.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import dev.phoenix.load.Outcome;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The lean connection against a server of gRPC-Java. */
class LeanConnectionTest {
  private static final String METHOD = "test.Echo/Say";
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);
  private static final int REFUSED = 1;
  private static final int IGNORED = 2;

  private Server server;
  private LeanConnection connection;

  private record Ended(Outcome outcome, byte[] answer) {}

  @BeforeEach
  void start() throws IOException {
    MethodDescriptor<BytesValue, BytesValue> method =
        MethodDescriptor.<BytesValue, BytesValue>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(METHOD)
            .setRequestMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
            .setResponseMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
            .build();
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                InsecureServerCredentials.create())
            .addService(
                ServerServiceDefinition.builder("test.Echo")
                    .addMethod(method, ServerCalls.asyncUnaryCall(LeanConnectionTest::answer))
                    .build())
            .build()
            .start();
    connection =
        LeanConnection.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()), METHOD);
  }

  @AfterEach
  void stop() {
    connection.close();
    server.shutdownNow();
  }

  private static void answer(BytesValue request, StreamObserver<BytesValue> observer) {
    switch (request.getValue().byteAt(0)) {
      case REFUSED ->
          observer.onError(
              Status.RESOURCE_EXHAUSTED.withDescription("no room").asRuntimeException());
      case IGNORED -> {} // until the deadline
      default -> {
        observer.onNext(request);
        observer.onCompleted();
      }
    }
  }

  private static byte[] message(int kind, int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    content[0] = (byte) kind;
    return BytesValue.of(ByteString.copyFrom(content)).toByteArray();
  }

  private CompletableFuture<Ended> ask(byte[] message, long deadlineNanos) {
    CompletableFuture<Ended> ended = new CompletableFuture<>();
    connection.ask(
        message, deadlineNanos, (outcome, answer) -> ended.complete(new Ended(outcome, answer)));
    return ended;
  }

  @Test
  void answersAreThoseOfTheirRequests() {
    List<byte[]> messages = new ArrayList<>();
    List<CompletableFuture<Ended>> answers = new ArrayList<>();
    // 8 MB each way: every window must be renewed.
    for (int i = 0; i < 1000; i++) {
      messages.add(message(0, 1 + i * 16));
      answers.add(ask(messages.get(i), PATIENCE));
    }
    for (int i = 0; i < messages.size(); i++) {
      Ended ended = answers.get(i).join();
      assertEquals(Outcome.GOOD, ended.outcome());
      assertArrayEquals(messages.get(i), ended.answer());
    }
  }

  @Test
  void aRefusalIsOne() {
    assertEquals(Outcome.REJECTED, ask(message(REFUSED, 10), PATIENCE).join().outcome());
  }

  @Test
  void theServerHearsOfTheDeadline() {
    CompletableFuture<Ended> late = ask(message(IGNORED, 10), TimeUnit.MILLISECONDS.toNanos(50));
    assertEquals(Outcome.LATE, late.join().outcome());
  }

  @Test
  void aServerThatGoesAwayIsUnavailable() {
    CompletableFuture<Ended> open = ask(message(IGNORED, 10), PATIENCE);
    ask(message(0, 10), PATIENCE).join();
    server.shutdownNow();
    assertEquals(Outcome.UNAVAILABLE, open.join().outcome());
  }

  @Test
  void whatDoesNotFitAFrameIsNotSent() {
    byte[] large = new byte[16_380];
    assertThrows(IllegalArgumentException.class, () -> ask(large, PATIENCE));
  }

  @Test
  void headersWithoutAStatusAreNoAnswersEnd() {
    assertThrows(IOException.class, () -> LeanHeaders.status(new byte[] {0, 1, 'a', 1, 'b'}));
    assertThrows(IOException.class, () -> LeanHeaders.status(new byte[] {0, 9, 'a'}));
    assertThrows(IOException.class, () -> LeanHeaders.status(new byte[] {(byte) 0xBE}));
  }
}
