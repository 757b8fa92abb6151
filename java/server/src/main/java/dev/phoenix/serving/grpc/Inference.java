package dev.phoenix.serving.grpc;

import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.ServingEngine;
import inference.GRPCInferenceServiceGrpc;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import phoenix.v1.RecommenderGrpc;
import xai.recsys.v1.RecsysPredictorGrpc;
import xai.recsys.v1.RecsysRetrievalPredictorGrpc;

/**
 * The methods that the engine answers. A call that would be rejected is refused before its message
 * is parsed: under overload most calls are, and parsing them would use the server's time.
 */
final class Inference implements ServerInterceptor {
  private static final Set<String> METHODS =
      List.of(
              RecsysPredictorGrpc.getPredictNextActionsMethod(),
              RecsysRetrievalPredictorGrpc.getRetrieveTopKCandidatesMethod(),
              RecommenderGrpc.getRecommendMethod(),
              GRPCInferenceServiceGrpc.getModelInferMethod())
          .stream()
          .map(MethodDescriptor::getFullMethodName)
          .collect(Collectors.toUnmodifiableSet());

  private final ServingEngine engine;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private int open;

  Inference(ServingEngine engine) {
    this.engine = engine;
  }

  /** Whether {@code method} is an inference method; these do not block their thread. */
  static boolean is(MethodDescriptor<?, ?> method) {
    return isName(method.getFullMethodName());
  }

  /** Whether {@code method} is the full name of an inference method. */
  static boolean isName(String method) {
    return METHODS.contains(method);
  }

  /**
   * Waits until no call is running.
   *
   * @return false if {@code patience} passed before
   */
  boolean awaitNone(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (open > 0 && left > 0) {
        left = ended.awaitNanos(left);
      }
      return open == 0;
    } finally {
      lock.unlock();
    }
  }

  private void count(int change) {
    lock.lock();
    try {
      open += change;
      if (open == 0) {
        ended.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Counts a call until it completes or is cancelled; exactly one of the two is called. */
  private final class Counted<Q> extends SimpleForwardingServerCallListener<Q> {
    Counted(ServerCall.Listener<Q> next) {
      super(next);
      count(1);
    }

    @Override
    public void onComplete() {
      count(-1);
      super.onComplete();
    }

    @Override
    public void onCancel() {
      count(-1);
      super.onCancel();
    }
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (!is(call.getMethodDescriptor())) {
      return next.startCall(call, headers);
    }
    Rejection refusal = engine.refusal(Replies.deadlineNanos(engine), CallMemory.peer());
    if (refusal == null) {
      return new Counted<>(next.startCall(call, headers));
    }
    Replies.refuse(call, Replies.status(refusal, engine.metrics()), engine.metrics());
    return new ServerCall.Listener<>() {};
  }
}
