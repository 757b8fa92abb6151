package dev.phoenix.serving.grpc;

import dev.phoenix.serving.EngineMetrics;
import dev.phoenix.serving.PendingRequest;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.ServingRequest;
import dev.phoenix.serving.ServingResponse;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Submits calls to the engine with their deadline and cancellation, and completes them with a
 * response or status. A call of several requests completes when all of them have.
 */
final class Replies {
  private static final System.Logger LOG = System.getLogger(Replies.class.getName());

  private final ServingEngine engine;
  private final CallThreads threads;

  /**
   * Creates replies of {@code engine}.
   *
   * @param threads chooses the threads that build responses
   */
  Replies(ServingEngine engine, CallThreads threads) {
    this.engine = engine;
    this.threads = threads;
  }

  /**
   * Answers a call.
   *
   * @param requests makes the requests of the call from its deadline in nanoseconds
   * @param encoder makes the response from the engine's responses, in the order of requests
   */
  <R> void answer(
      StreamObserver<R> observer,
      LongFunction<List<ServingRequest>> requests,
      Function<List<ServingResponse>, R> encoder) {
    answer(observer, requests, encoder, () -> {});
  }

  /** Answers a call, and runs {@code failed} if it fails. */
  <R> void answer(
      StreamObserver<R> observer,
      LongFunction<List<ServingRequest>> requests,
      Function<List<ServingResponse>, R> encoder,
      Runnable failed) {
    Call<R> call = new Call<>(observer, encoder, failed, System.nanoTime());
    List<PendingRequest> pending;
    try {
      List<ServingRequest> decoded = requests.apply(deadlineNanos(engine));
      CallMemory.hold(decoded.stream().mapToLong(ServingRequest::bytes).sum());
      pending = engine.submit(decoded, CallMemory.peer());
    } catch (RuntimeException failure) {
      fail(call, failure);
      return;
    }
    TracedCalls.asks(pending);
    if (observer instanceof ServerCallStreamObserver<R> cancellable) {
      cancellable.setOnCancelHandler(() -> pending.forEach(PendingRequest::cancel));
    }
    CompletableFuture<?>[] answers =
        pending.stream().map(PendingRequest::answer).toArray(CompletableFuture<?>[]::new);
    var _ =
        CompletableFuture.allOf(answers)
            .whenCompleteAsync(
                (_, failure) -> {
                  if (failure != null) {
                    pending.forEach(PendingRequest::cancel);
                    fail(call, failure);
                  } else {
                    succeed(call, pending);
                  }
                },
                threads.answers(pending.size()));
  }

  /** A call while it is answered. */
  private record Call<R>(
      StreamObserver<R> observer,
      Function<List<ServingResponse>, R> encoder,
      Runnable failed,
      long begin) {}

  /** The deadline of the current call, on the clock of {@link System#nanoTime}. */
  static long deadlineNanos(ServingEngine engine) {
    Deadline deadline = Context.current().getDeadline();
    return deadline == null
        ? engine.defaultDeadlineNanos()
        : System.nanoTime() + deadline.timeRemaining(TimeUnit.NANOSECONDS);
  }

  private <R> void succeed(Call<R> call, List<PendingRequest> pending) {
    R response;
    try {
      response = call.encoder().apply(pending.stream().map(each -> each.answer().join()).toList());
    } catch (RuntimeException | Error failure) {
      // Catches errors too: an uncaught one would leave the call without a status.
      fail(call, failure);
      return;
    }
    engine.metrics().answered("OK", System.nanoTime() - call.begin());
    call.observer().onNext(response);
    call.observer().onCompleted();
  }

  private void fail(Call<?> call, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    Status status = status(cause, engine.metrics());
    engine.metrics().answered(status.getCode().name(), System.nanoTime() - call.begin());
    call.failed().run();
    call.observer().onError(status.asRuntimeException());
  }

  /** Closes a call whose request was not or not completely read. */
  static void refuse(ServerCall<?, ?> call, Status status, EngineMetrics metrics) {
    metrics.refused(status.getCode().name());
    call.close(status, new Metadata());
  }

  /** The status of a failure; internal failures have no details for the caller. */
  static Status status(Throwable failure, EngineMetrics metrics) {
    if (!(failure instanceof Rejection rejection)) {
      LOG.log(Level.ERROR, "a call failed", failure);
      metrics.rejected(Rejection.Reason.FAILED);
      return Status.INTERNAL.withDescription("internal error");
    }
    metrics.rejected(rejection.reason());
    Status status =
        switch (rejection.reason()) {
          case LOADING, DRAINING, UNAVAILABLE -> Status.UNAVAILABLE;
          case QUEUE_FULL, IN_FLIGHT_CAP, PREDICTED_LATE -> Status.RESOURCE_EXHAUSTED;
          case EXPIRED -> Status.DEADLINE_EXCEEDED;
          case CANCELLED -> Status.CANCELLED;
          case INVALID -> Status.INVALID_ARGUMENT;
          case NOT_FOUND -> Status.NOT_FOUND;
          case NOT_FINITE, FAILED -> Status.INTERNAL;
        };
    return status.withDescription(rejection.getMessage());
  }
}
