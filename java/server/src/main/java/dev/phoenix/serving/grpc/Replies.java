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
 * From a call to the engine and back: deadline and cancellation on the way in, the status on the
 * way out. One call may be several requests; it is answered when all are.
 */
final class Replies {
  private static final System.Logger LOG = System.getLogger(Replies.class.getName());

  private final ServingEngine engine;
  private final CallThreads threads;

  /**
   * Replies of {@code engine}.
   *
   * @param threads where responses are built
   */
  Replies(ServingEngine engine, CallThreads threads) {
    this.engine = engine;
    this.threads = threads;
  }

  /**
   * Answers a call.
   *
   * @param requests given the deadline in nanoseconds, what the call asks for
   * @param encoder of the responses, request by request
   */
  <R> void answer(
      StreamObserver<R> observer,
      LongFunction<List<ServingRequest>> requests,
      Function<List<ServingResponse>, R> encoder) {
    long begin = System.nanoTime();
    List<PendingRequest> pending;
    try {
      pending = engine.submit(requests.apply(deadlineNanos(engine)));
    } catch (RuntimeException failure) {
      fail(observer, failure, begin);
      return;
    }
    TracedCalls.asks(pending);
    if (observer instanceof ServerCallStreamObserver<R> call) {
      call.setOnCancelHandler(() -> pending.forEach(PendingRequest::cancel));
    }
    CompletableFuture<?>[] answers =
        pending.stream().map(PendingRequest::answer).toArray(CompletableFuture<?>[]::new);
    var _ =
        CompletableFuture.allOf(answers)
            .whenCompleteAsync(
                (_, failure) -> {
                  if (failure != null) {
                    pending.forEach(PendingRequest::cancel);
                    fail(observer, failure, begin);
                  } else {
                    succeed(observer, pending, encoder, begin);
                  }
                },
                threads.answers(pending.size()));
  }

  /** When the caller of the present call stops waiting, on the clock of {@link System#nanoTime}. */
  static long deadlineNanos(ServingEngine engine) {
    Deadline deadline = Context.current().getDeadline();
    return deadline == null
        ? engine.defaultDeadlineNanos()
        : System.nanoTime() + deadline.timeRemaining(TimeUnit.NANOSECONDS);
  }

  private <R> void succeed(
      StreamObserver<R> observer,
      List<PendingRequest> pending,
      Function<List<ServingResponse>, R> encoder,
      long begin) {
    R response;
    try {
      response = encoder.apply(pending.stream().map(each -> each.answer().join()).toList());
    } catch (RuntimeException | Error failure) {
      // An error that nobody catches would end here too, and the caller would never hear of it.
      fail(observer, failure, begin);
      return;
    }
    engine.metrics().answered("OK", System.nanoTime() - begin);
    observer.onNext(response);
    observer.onCompleted();
  }

  private void fail(StreamObserver<?> observer, Throwable failure, long begin) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    Status status = status(cause, engine.metrics());
    engine.metrics().answered(status.getCode().name(), System.nanoTime() - begin);
    observer.onError(status.asRuntimeException());
  }

  /** Ends a call whose request was not read, or not to its end. */
  static void refuse(ServerCall<?, ?> call, Status status, EngineMetrics metrics) {
    metrics.refused(status.getCode().name());
    call.close(status, new Metadata());
  }

  /** The status that a failure is answered with: nothing of what is not meant for callers. */
  static Status status(Throwable failure, EngineMetrics metrics) {
    if (!(failure instanceof Rejection rejection)) {
      LOG.log(Level.ERROR, "a call failed", failure);
      metrics.rejected(Rejection.Reason.FAILED);
      return Status.INTERNAL.withDescription("internal error");
    }
    metrics.rejected(rejection.reason());
    Status status =
        switch (rejection.reason()) {
          case LOADING, DRAINING -> Status.UNAVAILABLE;
          case QUEUE_FULL, IN_FLIGHT_CAP, PREDICTED_LATE -> Status.RESOURCE_EXHAUSTED;
          case EXPIRED -> Status.DEADLINE_EXCEEDED;
          case CANCELLED -> Status.CANCELLED;
          case INVALID -> Status.INVALID_ARGUMENT;
          case NOT_FINITE, FAILED -> Status.INTERNAL;
        };
    return status.withDescription(rejection.getMessage());
  }
}
