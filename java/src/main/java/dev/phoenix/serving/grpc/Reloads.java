package dev.phoenix.serving.grpc;

import dev.phoenix.serving.AdminToken;
import dev.phoenix.serving.ModelInfo;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import xai.recsys.v1.ReloadModelRequest;
import xai.recsys.v1.ReloadModelResponse;

/** Reloading over gRPC: anyone may ask what serves, the token's owner may have it replaced. */
final class Reloads {
  private static final Context.Key<String> AUTHORIZATION = Context.key("authorization");
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final double MILLIS = 1000;

  private final ServingEngine engine;
  private final Reloader reloader;
  private final AdminToken token;

  Reloads(ServingEngine engine, Reloader reloader, AdminToken token) {
    this.engine = engine;
    this.reloader = reloader;
    this.token = token;
  }

  /** Lets handlers see what a call was authorized with. */
  static final class Authorization implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      String shown = headers.get(HEADER);
      Context context =
          shown == null ? Context.current() : Context.current().withValue(AUTHORIZATION, shown);
      return Contexts.interceptCall(context, call, headers, next);
    }
  }

  void answer(ReloadModelRequest request, StreamObserver<ReloadModelResponse> observer) {
    if (request.getDoReload()) {
      if (!token.suits(AUTHORIZATION.get())) {
        String why = token.isOn() ? "the admin token is needed" : "administration is off";
        observer.onError(Status.PERMISSION_DENIED.withDescription(why).asRuntimeException());
        return;
      }
      try {
        var _ = reloader.begin(request.getTargetPrefix());
      } catch (Rejection refused) {
        observer.onError(Replies.status(refused, engine.metrics()).asRuntimeException());
        return;
      }
    }
    ReloadModelResponse.Builder response =
        ReloadModelResponse.newBuilder().setReloadInProgress(reloader.isBusy());
    ModelInfo model = engine.model();
    if (model != null) {
      response
          .setCurrentCheckpointTimestamp(model.written().toEpochMilli() / MILLIS)
          .setServingPrefix(model.name());
    }
    observer.onNext(response.build());
    observer.onCompleted();
  }
}
