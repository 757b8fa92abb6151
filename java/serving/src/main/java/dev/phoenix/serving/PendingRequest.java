package dev.phoenix.serving;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A submitted request, as its caller sees it. */
public final class PendingRequest {
  /** The peer of requests whose caller names none. */
  static final String NO_PEER = "";

  private final ServingRequest request;
  private final String peer;
  private final int rows;
  private final UserHistory.Key historyKey;
  private final long arrivedNanos;
  private final Ticker ticker;
  private final Consumer<PendingRequest> withdrawal;
  private final @Nullable ModelVersion version;
  private final CompletableFuture<ServingResponse> answer = new CompletableFuture<>();

  /**
   * A request that comes now.
   *
   * @param peer who asks, for a fair share of the queue
   * @param version that is to answer it, held by the caller; null for the one that serves then
   * @param ticker of its deadline
   * @param withdrawal told when the caller takes it back
   */
  PendingRequest(
      ServingRequest request,
      String peer,
      @Nullable ModelVersion version,
      Ticker ticker,
      Consumer<PendingRequest> withdrawal) {
    this.request = request;
    this.peer = peer;
    this.rows = request.rows();
    // Computed on the caller's thread, so that a batch does not wait for it.
    this.historyKey = request.user().key();
    this.version = version;
    this.ticker = ticker;
    this.arrivedNanos = ticker.nanos();
    this.withdrawal = withdrawal;
  }

  /** The request. */
  public ServingRequest request() {
    return request;
  }

  /** Who asks. */
  String peer() {
    return peer;
  }

  /** The rows that a batch computes for it. */
  int rows() {
    return rows;
  }

  /** The key of its history in the cache. */
  UserHistory.Key historyKey() {
    return historyKey;
  }

  /** The version that must answer it; null for any. */
  @Nullable ModelVersion version() {
    return version;
  }

  /** The time of arrival, on the clock of {@link System#nanoTime}. */
  public long arrivedNanos() {
    return arrivedNanos;
  }

  /**
   * The response, or the {@link Rejection} that it fails with. Dependent stages run on the batch's
   * thread unless they name an executor.
   */
  public CompletableFuture<ServingResponse> answer() {
    return answer;
  }

  /** Cancels the request. If it waits, it will not run; if it runs, its result is dropped. */
  public void cancel() {
    reject(Rejection.Reason.CANCELLED, "the caller cancelled the request");
    withdrawal.accept(this);
  }

  boolean isOver() {
    return answer.isDone();
  }

  /** Whether its deadline has passed. */
  boolean isExpired() {
    return isExpired(ticker.nanos());
  }

  /** Whether its deadline has passed at {@code nowNanos}. */
  boolean isExpired(long nowNanos) {
    return nowNanos - request.deadlineNanos() >= 0;
  }

  void reject(Rejection.Reason reason, String message) {
    answer.completeExceptionally(new Rejection(reason, message));
  }
}
