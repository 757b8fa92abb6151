package dev.phoenix.serving;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request on its way: the caller's side of it. */
public final class PendingRequest {
  private final ServingRequest request;
  private final UserHistory.Key historyKey;
  private final long arrivedNanos;
  private final Ticker ticker;
  private final Consumer<PendingRequest> withdrawal;
  private final @Nullable ModelVersion version;
  private final CompletableFuture<ServingResponse> answer = new CompletableFuture<>();

  /**
   * A request that comes now.
   *
   * @param version that is to answer it, held by the caller; null for the one that serves then
   * @param ticker of its deadline
   * @param withdrawal told when the caller takes it back
   */
  PendingRequest(
      ServingRequest request,
      @Nullable ModelVersion version,
      Ticker ticker,
      Consumer<PendingRequest> withdrawal) {
    this.request = request;
    // On the caller's thread: a batch need not wait for it.
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

  /** What its history is kept under. */
  UserHistory.Key historyKey() {
    return historyKey;
  }

  /** The version of the model that is to answer it; null where any may. */
  @Nullable ModelVersion version() {
    return version;
  }

  /** When it came, on the clock of {@link System#nanoTime}. */
  public long arrivedNanos() {
    return arrivedNanos;
  }

  /**
   * The answer, or the {@link Rejection} it ends with. What depends on it runs on the thread that
   * computes batches unless it says where else.
   */
  public CompletableFuture<ServingResponse> answer() {
    return answer;
  }

  /** Takes the request back. What has not begun never will; what runs runs to its end unread. */
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
