package dev.phoenix.serving.grpc;

import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.ServingEngine;
import inference.GRPCInferenceServiceGrpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import phoenix.v1.RecommenderGrpc;
import xai.recsys.v1.RecsysPredictorGrpc;
import xai.recsys.v1.RecsysRetrievalPredictorGrpc;

/**
 * The methods that the engine answers. A call of them that has no hope is refused before its
 * message is read: under overload most are, and a server that took them apart first would do little
 * else.
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

  Inference(ServingEngine engine) {
    this.engine = engine;
  }

  /** Whether {@code method} is one of them. They block no thread. */
  static boolean is(MethodDescriptor<?, ?> method) {
    return METHODS.contains(method.getFullMethodName());
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Rejection refusal =
        is(call.getMethodDescriptor()) ? engine.refusal(Replies.deadlineNanos(engine)) : null;
    if (refusal == null) {
      return next.startCall(call, headers);
    }
    Replies.refuse(call, Replies.status(refusal, engine.metrics()), engine.metrics());
    return new ServerCall.Listener<>() {};
  }
}
