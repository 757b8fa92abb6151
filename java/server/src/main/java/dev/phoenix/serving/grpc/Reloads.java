package dev.phoenix.serving.grpc;

import dev.phoenix.serving.BearerToken;
import dev.phoenix.serving.ModelInfo;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Reloader;
import dev.phoenix.serving.ServingEngine;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import xai.recsys.v1.ReloadModelRequest;
import xai.recsys.v1.ReloadModelResponse;

/** Reloading over gRPC: anyone may query the current version; a reload needs the token. */
final class Reloads {
  private static final double MILLIS = 1000;

  private final ServingEngine engine;
  private final Reloader reloader;
  private final BearerToken token;

  Reloads(ServingEngine engine, Reloader reloader, BearerToken token) {
    this.engine = engine;
    this.reloader = reloader;
    this.token = token;
  }

  void answer(ReloadModelRequest request, StreamObserver<ReloadModelResponse> observer) {
    if (request.getDoReload()) {
      if (!Authorization.granted(token, observer)) {
        return;
      }
      try {
        if (!reloader.begin(request.getTargetPrefix())) {
          observer.onError(
              Status.FAILED_PRECONDITION
                  .withDescription("a model is being loaded; ask again when it serves")
                  .asRuntimeException());
          return;
        }
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
