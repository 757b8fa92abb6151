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
 * A client of one server: one connection, reused by all threads. Every call has a deadline, which
 * its retries share: they are made only where the status says that the server did not take the call
 * or broke off, and only if there is time left. Calls block; make them from virtual threads to have
 * many at once.
 */
public final class PhoenixClient implements AutoCloseable {
  /** What a server takes, too. */
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
   * A client without encryption, for the same machine or a trusted network.
   *
   * @param target {@code host:port}
   */
  public static PhoenixClient plaintext(String target, ClientOptions options) {
    return connect(target, InsecureChannelCredentials.create(), options);
  }

  /**
   * A client over TLS.
   *
   * @param roots certificates of those who may vouch for the server, PEM
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
   * A client over a channel of the caller's making, which the client closes. Calls with zstd fail
   * unless {@link ZstdCodec#register} was called for the channel.
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

  /** Scores of candidates that the caller chose. */
  public PredictNextActionsResponse rank(PredictNextActionsRequest request) {
    return call(
        nanos ->
            RecsysPredictorGrpc.newBlockingStub(channel)
                .withDeadlineAfter(nanos, TimeUnit.NANOSECONDS)
                .predictNextActions(request));
  }

  /** The best posts of the corpus. */
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

  /** What the corpora hold. */
  public CorpusStatsResponse corpusStats() {
    return call(
        nanos ->
            CorpusGrpc.newBlockingStub(channel)
                .withDeadlineAfter(nanos, TimeUnit.NANOSECONDS)
                .stats(CorpusStatsRequest.getDefaultInstance()));
  }

  /**
   * Makes a call with what is left of the deadline, again and again while the policy allows.
   *
   * @throws StatusRuntimeException the last status, where none was OK
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

  /** Closes the connection once the calls under way have ended. */
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
