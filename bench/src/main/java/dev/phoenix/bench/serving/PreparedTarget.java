package dev.phoenix.bench.serving;

import dev.phoenix.load.LoadTarget;
import dev.phoenix.load.Outcome;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One method of a server, called with messages encoded in advance. Generator and server share the
 * cores, so the generator does little work: it passes answers as bytes to a check.
 */
final class PreparedTarget implements LoadTarget {
  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
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
      };

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final MethodDescriptor<byte[], byte[]> method;
  private final List<byte[]> messages;
  private final AnswerCheck check;

  /** Checks answers. */
  @FunctionalInterface
  interface AnswerCheck {
    /** Accepts every answer. */
    AnswerCheck NONE = (_, _) -> true;

    /** Whether {@code answer} is right for message {@code number}. */
    boolean isRight(int number, byte[] answer);
  }

  private PreparedTarget(
      MethodDescriptor<byte[], byte[]> method, List<byte[]> messages, AnswerCheck check) {
    this.method = method;
    this.messages = messages;
    this.check = check;
  }

  /**
   * Connects.
   *
   * @param method the gRPC method
   * @param messages the encoded requests, sent in turn
   * @param check checks answers; a wrong answer counts as a failure
   */
  static PreparedTarget connect(
      String address, MethodDescriptor<?, ?> method, List<byte[]> messages, AnswerCheck check) {
    MethodDescriptor<byte[], byte[]> bytes =
        MethodDescriptor.newBuilder(BYTES, BYTES)
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(method.getFullMethodName())
            .build();
    PreparedTarget target = new PreparedTarget(bytes, messages, check);
    for (int i = 0; i < 2; i++) {
      target.channels.add(
          Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
              .directExecutor()
              .build());
    }
    return target;
  }

  @Override
  public void start(int number, long deadlineNanos, Consumer<Outcome> done) {
    ask(number % messages.size(), deadlineNanos, (status, answer) -> done.accept(status));
  }

  /** Receives the outcome and the answer, which is empty if there is none. */
  @FunctionalInterface
  interface Answered {
    void end(Outcome outcome, byte[] answer);
  }

  /** Sends message {@code number}. */
  void ask(int number, long deadlineNanos, Answered done) {
    send(number, messages.get(number), deadlineNanos, done);
  }

  /** Sends {@code message} under the number {@code number}. */
  void send(int number, byte[] message, long deadlineNanos, Answered done) {
    ClientCall<byte[], byte[]> call =
        channels
            .get(number % channels.size())
            .newCall(
                method, CallOptions.DEFAULT.withDeadlineAfter(deadlineNanos, TimeUnit.NANOSECONDS));
    call.start(new Listener(number, done), new Metadata());
    call.request(2);
    call.sendMessage(message);
    call.halfClose();
  }

  private final class Listener extends ClientCall.Listener<byte[]> {
    private final int number;
    private final Answered done;
    private byte[] answer = {};

    Listener(int number, Answered done) {
      this.number = number;
      this.done = done;
    }

    @Override
    public void onMessage(byte[] message) {
      answer = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      Outcome outcome = Outcome.of(status);
      boolean wrong = outcome == Outcome.GOOD && !check.isRight(number, answer);
      done.end(wrong ? Outcome.FAILED : outcome, answer);
    }
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
