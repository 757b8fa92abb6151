package dev.phoenix.client;

import dev.phoenix.compression.CompressedCalls;
import dev.phoenix.compression.ZstdCodec;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import phoenix.v1.CorpusGrpc;
import phoenix.v1.CorpusStatsRequest;
import phoenix.v1.CorpusStatsResponse;
import phoenix.v1.PutPostsRequest;
import phoenix.v1.PutPostsResponse;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommendResponse;
import phoenix.v1.RecommenderGrpc;
import phoenix.v1.RemovePostsRequest;
import phoenix.v1.RemovePostsResponse;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.PredictNextActionsResponse;
import xai.recsys.v1.RecsysPredictorGrpc;
import xai.recsys.v1.RecsysRetrievalPredictorGrpc;
import xai.recsys.v1.RetrieveTopKCandidatesRequest;
import xai.recsys.v1.RetrieveTopKCandidatesResponse;

/**
 * A client of one server with one connection, safe for all threads. A call and its retries share
 * one deadline. A call is retried only if its status says that the server did not accept or did not
 * finish it, and only if time is left. Calls block; use virtual threads for many concurrent calls.
 */
public final class PhoenixClient implements AutoCloseable {
  /** The server's limit of a message. */
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  private static final Duration CLOSING = Duration.ofSeconds(5);
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final ManagedChannel connection;
  private final Channel channel;
  private final Duration deadline;
  private final RetryPolicy retries;
  private final RetryBudget budget;

  private PhoenixClient(ManagedChannel connection, ClientOptions options) {
    this.connection = connection;
    this.channel =
        authorized(
            ClientInterceptors.intercept(connection, new CompressedCalls(options.compression())),
            options.token());
    this.deadline = options.deadline();
    this.retries = options.retries();
    this.budget = new RetryBudget(retries.budget());
  }

  private static Channel authorized(Channel channel, String token) {
    if (token.isEmpty()) {
      return channel;
    }
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /**
   * Creates a client without encryption, for the same machine or a trusted network.
   *
   * @param target {@code host:port}
   */
  public static PhoenixClient plaintext(String target, ClientOptions options) {
    return connect(target, InsecureChannelCredentials.create(), options);
  }

  /**
   * Creates a client over TLS.
   *
   * @param roots a PEM file of the trusted root certificates
   */
  public static PhoenixClient tls(String target, Path roots, ClientOptions options) {
    ChannelCredentials credentials;
    try {
      credentials = TlsChannelCredentials.newBuilder().trustManager(roots.toFile()).build();
    } catch (IOException e) {
      throw new IllegalArgumentException("certificates cannot be read from " + roots, e);
    }
    return connect(target, credentials, options);
  }

  private static PhoenixClient connect(
      String target, ChannelCredentials credentials, ClientOptions options) {
    return over(
        ZstdCodec.register(Grpc.newChannelBuilder(target, credentials))
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build(),
        options);
  }

  /**
   * Creates a client over {@code channel}, which it closes. Calls with zstd fail unless {@link
   * ZstdCodec#register} was called for the channel.
   */
  public static PhoenixClient over(ManagedChannel channel, ClientOptions options) {
    return new PhoenixClient(channel, options);
  }

  /** Retrieves and ranks in one call. */
  public RecommendResponse recommend(RecommendRequest request) {
    return call(
        nanos ->
            RecommenderGrpc.newBlockingStub(channel)
                .withDeadlineAfter(nanos, TimeUnit.NANOSECONDS)
                .recommend(request));
  }

  /** Scores the candidates of the request. */
  public PredictNextActionsResponse rank(PredictNextActionsRequest request) {
    return call(
        nanos ->
            RecsysPredictorGrpc.newBlockingStub(channel)
                .withDeadlineAfter(nanos, TimeUnit.NANOSECONDS)
                .predictNextActions(request));
  }

  /** Retrieves the best posts of the corpus. */
  public RetrieveTopKCandidatesResponse retrieve(RetrieveTopKCandidatesRequest request) {
    return call(
        nanos ->
            RecsysRetrievalPredictorGrpc.newBlockingStub(channel)
                .withDeadlineAfter(nanos, TimeUnit.NANOSECONDS)
                .retrieveTopKCandidates(request));
  }

  /** Adds posts; they are durable and can be found once this returns. */
  public PutPostsResponse put(PutPostsRequest request) {
    return call(
        nanos ->
            CorpusGrpc.newBlockingStub(channel)
                .withDeadlineAfter(nanos, TimeUnit.NANOSECONDS)
                .put(request));
  }

  /** Removes posts. */
  public RemovePostsResponse remove(RemovePostsRequest request) {
    return call(
        nanos ->
            CorpusGrpc.newBlockingStub(channel)
                .withDeadlineAfter(nanos, TimeUnit.NANOSECONDS)
                .remove(request));
  }

  /** Returns statistics of the corpora. */
  public CorpusStatsResponse corpusStats() {
    return call(
        nanos ->
            CorpusGrpc.newBlockingStub(channel)
                .withDeadlineAfter(nanos, TimeUnit.NANOSECONDS)
                .stats(CorpusStatsRequest.getDefaultInstance()));
  }

  /**
   * Makes a call, with retries as the policy allows, within the deadline.
   *
   * @throws StatusRuntimeException with the last status, if no attempt succeeded
   */
  private <T> T call(Function<Long, T> once) {
    long end = System.nanoTime() + deadline.toNanos();
    budget.called();
    for (int attempt = 1; ; attempt++) {
      try {
        return once.apply(end - System.nanoTime());
      } catch (StatusRuntimeException failed) {
        if (!mayRetry(failed.getStatus(), attempt)) {
          throw failed;
        }
        long wait = retries.backoffNanos(attempt + 1, ThreadLocalRandom.current());
        if (end - System.nanoTime() <= wait || !budget.tryRetry()) {
          throw failed;
        }
        pause(wait, failed);
      }
    }
  }

  private boolean mayRetry(Status status, int attempt) {
    return attempt < retries.attempts() && retries.retryable().contains(status.getCode());
  }

  private static void pause(long nanos, StatusRuntimeException failed) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failed.addSuppressed(e);
      throw failed;
    }
  }

  /** Closes the connection after the running calls have ended. */
  @Override
  public void close() {
    connection.shutdown();
    try {
      if (!connection.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
        connection.shutdownNow();
      }
    } catch (InterruptedException e) {
      connection.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
