package dev.phoenix.load;

import com.google.protobuf.Message;
import dev.phoenix.compression.CompressedCalls;
import dev.phoenix.compression.Compression;
import dev.phoenix.compression.ZstdCodec;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import phoenix.v1.RecommenderGrpc;
import xai.recsys.v1.RecsysPredictorGrpc;
import xai.recsys.v1.RecsysRetrievalPredictorGrpc;

/** One gRPC method of a server, called over several connections in turn. */
public final class GrpcTarget implements LoadTarget {
  /** The method to call. */
  public enum Service {
    /** {@code xai.recsys.v1.RecsysPredictor/PredictNextActions}. */
    RANK,
    /** {@code xai.recsys.v1.RecsysRetrievalPredictor/RetrieveTopKCandidates}. */
    RETRIEVE,
    /** {@code phoenix.v1.Recommender/Recommend}. */
    RECOMMEND;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final List<ManagedChannel> channels;
  private final Method<?, ?> method;

  /** A method and the requests for it. */
  private record Method<Q extends Message, A>(
      MethodDescriptor<Q, A> descriptor, IntFunction<Q> request) {
    void start(ManagedChannel channel, int number, long deadlineNanos, Consumer<Outcome> done) {
      ClientCall<Q, A> call =
          channel.newCall(
              descriptor,
              CallOptions.DEFAULT.withDeadlineAfter(deadlineNanos, TimeUnit.NANOSECONDS));
      call.start(new Listener<>(done), new Metadata());
      call.request(2);
      call.sendMessage(request.apply(number));
      call.halfClose();
    }
  }

  /** Reports the end of a call; the response is decoded and dropped. */
  private static final class Listener<A> extends ClientCall.Listener<A> {
    private final Consumer<Outcome> done;

    Listener(Consumer<Outcome> done) {
      this.done = done;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      done.accept(Outcome.of(status));
    }
  }

  private GrpcTarget(List<ManagedChannel> channels, Method<?, ?> method) {
    this.channels = channels;
    this.method = method;
  }

  /**
   * Connects to a server without encryption.
   *
   * @param address {@code host:port}
   * @param connections the number of connections, at least 1
   * @param compression the compression of requests, which the server also uses for responses
   */
  public static GrpcTarget connect(
      String address,
      int connections,
      Compression compression,
      Service service,
      RandomRequests requests) {
    if (connections < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 connection, found %d".formatted(connections));
    }
    List<ManagedChannel> channels = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      channels.add(
          ZstdCodec.register(Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()))
              .intercept(new CompressedCalls(compression))
              .directExecutor()
              .build());
    }
    return over(channels, service, requests);
  }

  /** Creates a target over {@code channels}, which it closes. */
  static GrpcTarget over(List<ManagedChannel> channels, Service service, RandomRequests requests) {
    Method<?, ?> method =
        switch (service) {
          case RANK ->
              new Method<>(RecsysPredictorGrpc.getPredictNextActionsMethod(), requests::rank);
          case RETRIEVE ->
              new Method<>(
                  RecsysRetrievalPredictorGrpc.getRetrieveTopKCandidatesMethod(),
                  requests::retrieve);
          case RECOMMEND -> new Method<>(RecommenderGrpc.getRecommendMethod(), requests::recommend);
        };
    return new GrpcTarget(channels, method);
  }

  @Override
  public void start(int number, long deadlineNanos, Consumer<Outcome> done) {
    method.start(channels.get(number % channels.size()), number, deadlineNanos, done);
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
